# One target a service: docker build --target auth|global|meeting|media .
# The flags are those of shared/dev/standalone.ts; a test holds the two together.

FROM node:22-bookworm-slim AS deno
RUN npm install --global deno@2.9.6
ENV DENO_DIR=/deno DENO_NO_UPDATE_CHECK=1
WORKDIR /app

FROM deno AS source
COPY . .
RUN deno install --frozen --quiet && deno task web

FROM source AS worker
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    g++ meson ninja-build pkg-config libuv1-dev libssl-dev libsrtp2-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler
RUN mkdir -p node_modules/mediasoup/worker/out/Release \
  && sh media/worker/recipe/build.sh node_modules/mediasoup node_modules/mediasoup/worker/out/Release/mediasoup-worker

FROM deno AS base
ENV DT_HOST=0.0.0.0
RUN mkdir -p /data /deno && chown node:node /data /deno
VOLUME /data
STOPSIGNAL SIGTERM

FROM base AS auth
COPY --from=source /app /app
USER node
RUN deno cache auth/main.ts
ENV DT_DATA_DIR=/data/auth DT_PORT=8081
EXPOSE 8081
ENTRYPOINT ["deno", "run", "--no-prompt", "--cached-only", "--allow-read=/data/auth,/usr/bin/ldd,/app/auth,/app/shared", "--allow-write=/data/auth", "--allow-net=0.0.0.0:8081", "--allow-env", "--allow-ffi=node_modules/.deno", "auth/main.ts"]

FROM base AS global
COPY --from=source /app /app
USER node
RUN deno cache global/main.ts
ENV DT_DATA_DIR=/data/global DT_PORT=8080 DT_WEB_DIR=/app/global/web/dist
EXPOSE 8080
ENTRYPOINT ["deno", "run", "--no-prompt", "--cached-only", "--allow-read=/data/global,/data/live,/app/global/web/dist,/app/global,/app/shared", "--allow-write=/data/global,/data/live", "--allow-net", "--allow-env=DT_*,PG*", "global/main.ts"]

FROM base AS meeting
COPY --from=source /app /app
USER node
RUN deno cache meeting/main.ts meeting/shard/shard_worker.ts
ENV DT_DATA_DIR=/data/meeting DT_PORT=8083 DT_SHARD_PORT=8090
EXPOSE 8083 8090-8153
ENTRYPOINT ["deno", "run", "--no-prompt", "--cached-only", "--allow-read=/data/meeting,/data/live,/app/meeting,/app/shared", "--allow-write=/data/meeting,/data/live", "--allow-net", "--allow-env=DT_*,WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE", "meeting/main.ts"]

FROM base AS media
RUN apt-get update \
  && apt-get install -y --no-install-recommends libuv1 libssl3 libsrtp2-1 libabsl20220623 \
  && rm -rf /var/lib/apt/lists/*
COPY --from=worker /app /app
USER node
RUN deno cache media/main.ts
ENV DT_DATA_DIR=/data/media DT_PORT=8082 DT_RTC_PORT=44400 \
  MEDIASOUP_WORKER_BIN=node_modules/.deno/mediasoup@3.27.1/node_modules/mediasoup/worker/out/Release/mediasoup-worker
EXPOSE 8082 44400-44463/tcp 44400-44463/udp
ENTRYPOINT ["deno", "run", "--no-prompt", "--cached-only", "--allow-read=/data/media,node_modules/.deno/mediasoup@3.27.1/node_modules/mediasoup", "--allow-write=/data/media", "--allow-net", "--allow-env", "--allow-run=node_modules/.deno/mediasoup@3.27.1/node_modules/mediasoup/worker/out/Release/mediasoup-worker", "--allow-sys=networkInterfaces", "media/main.ts"]
