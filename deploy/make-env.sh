#!/bin/sh
# Writes .env for docker-compose.yml: passwords that nobody has chosen, and for each image the digest that its tag has in
# the registry today, so that every later start runs the same bytes. Needs docker with buildx; run it once, and again
# without the old .env after the tags in docker-compose.yml have changed (keep the passwords: the volume has them).
set -eu
cd "$(dirname "$0")/.."
if [ -e .env ]; then
  echo ".env exists already. Keep its passwords; remove its *_DIGEST lines and run \`$0 --digests >> .env\` to renew those." >&2
  [ "${1:-}" = --digests ] || exit 1
fi
umask 077

secret() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# Each image of the compose file stands there as NAME:TAG@${VARIABLE:?…}.
digests() {
  sed -n 's/^ *\(image\|NODE_IMAGE\): \([^@ ]*\)@\${\([A-Z_]*\):.*/\3 \2/p' docker-compose.yml | sort -u |
    while read -r variable image; do
      digest=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}')
      case $digest in sha256:*) echo "$variable=$digest" ;; *) echo "no digest of $image" >&2 && exit 1 ;; esac
    done
}

if [ "${1:-}" = --digests ]; then
  digests
  exit
fi
{
  # The seed of the key that bundles are signed with: it makes this installation known to others.
  echo "BATON_SIGNING_KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
  # Seals what is secret of webhooks in Postgres.
  echo "BATON_SEALING_KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
  for name in POSTGRES_ADMIN_PASSWORD BATON_POSTGRES_PASSWORD TEMPORAL_POSTGRES_PASSWORD; do
    echo "$name=$(secret)"
  done
  digests
} > .env.new
mv .env.new .env
echo "wrote .env"
