# One target a service: docker build --target auth|global|meeting|media .
# tests/deploy/images_test.ts reads this file: it makes each image's folders by these RUN and COPY lines, and starts
# what the ENTRYPOINT says in them, as the image's user, on a read-only root.

FROM node:22-bookworm-slim AS deno
# The npm package's own `deno` may be a script of Node, which hands on no signals; the program lies beside it.
RUN npm install --global deno@2.9.6 \
  && cp "$(npm root --global)"/deno/node_modules/@deno/*/deno /opt/deno
ENV PATH=/opt:$PATH DENO_NO_UPDATE_CHECK=1
WORKDIR /source

FROM deno AS source
COPY . .
RUN deno install --frozen --quiet && deno task web

# Each service's modules, and the npm packages that they import.
FROM source AS trees
RUN deno run --no-prompt --allow-read --allow-write=/trees --allow-run shared/dev/image/write_tree.ts auth /trees/auth
RUN deno run --no-prompt --allow-read --allow-write=/trees --allow-run shared/dev/image/write_tree.ts global /trees/global
RUN deno run --no-prompt --allow-read --allow-write=/trees --allow-run shared/dev/image/write_tree.ts meeting /trees/meeting
RUN deno run --no-prompt --allow-read --allow-write=/trees --allow-run shared/dev/image/write_tree.ts media /trees/media

FROM source AS worker
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    g++ meson ninja-build pkg-config libuv1-dev libssl-dev libsrtp2-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler
RUN sh media/worker/recipe/build.sh node_modules/mediasoup /opt/mediasoup-worker

FROM debian:bookworm-slim AS base
COPY --from=deno /opt/deno /usr/local/bin/deno
ENV DENO_DIR=/deno DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 DT_HOST=0.0.0.0
# As shared/dev/service_environment.ts tells the services on one machine.
ENV MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072 DENO_V8_FLAGS=--max-semi-space-size=2
RUN useradd --system --uid 10001 --user-group --no-create-home tower \
  && mkdir -p /data /deno && chown tower:tower /data
WORKDIR /app
VOLUME /data
STOPSIGNAL SIGTERM

FROM base AS auth
COPY --from=trees /trees/auth /app
RUN deno cache --quiet auth/main.ts auth/audit/audit_store_worker.ts auth/passwords/password_hasher_worker.ts shared/dev/image/start.ts shared/dev/image/healthy.ts shared/service/listen_early.ts
USER 10001:10001
ENV DT_DATA_DIR=/data/auth DT_PORT=8081
EXPOSE 8081
HEALTHCHECK --interval=15s --timeout=4s --start-period=30s CMD ["deno", "run", "--quiet", "--no-prompt", "--cached-only", "--allow-net", "--allow-env=DT_HOST,DT_PORT,DT_TLS_CERT_FILE", "shared/dev/image/healthy.ts", "auth"]
ENTRYPOINT ["/app/shared/dev/image/start.sh", "auth"]

FROM base AS global
COPY --from=trees /trees/global /app
RUN deno cache --quiet global/main.ts shared/store/live/sqlite/live_store_worker.ts shared/dev/image/start.ts shared/dev/image/healthy.ts shared/service/listen_early.ts
USER 10001:10001
ENV DT_DATA_DIR=/data/global DT_PORT=8080 DT_WEB_DIR=/app/global/web/dist DT_LIVE_STORE=/data/live/live.db
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=4s --start-period=30s CMD ["deno", "run", "--quiet", "--no-prompt", "--cached-only", "--unsafely-ignore-certificate-errors", "--allow-net", "--allow-env=DT_HOST,DT_PORT,DT_TLS_CERT_FILE", "shared/dev/image/healthy.ts", "global"]
ENTRYPOINT ["/app/shared/dev/image/start.sh", "global"]

FROM base AS meeting
COPY --from=trees /trees/meeting /app
RUN deno cache --quiet meeting/main.ts meeting/shard/shard_worker.ts shared/store/live/sqlite/live_store_worker.ts shared/dev/image/start.ts shared/dev/image/healthy.ts shared/service/listen_early.ts
USER 10001:10001
ENV DT_DATA_DIR=/data/meeting DT_PORT=8083 DT_SHARD_PORT=8090 DT_LIVE_STORE=/data/live/live.db
EXPOSE 8083 8090-8153
HEALTHCHECK --interval=15s --timeout=4s --start-period=30s CMD ["deno", "run", "--quiet", "--no-prompt", "--cached-only", "--allow-net", "--allow-env=DT_HOST,DT_PORT,DT_TLS_CERT_FILE", "shared/dev/image/healthy.ts", "meeting"]
ENTRYPOINT ["/app/shared/dev/image/start.sh", "meeting"]

FROM base AS media
RUN apt-get update \
  && apt-get install -y --no-install-recommends libuv1 libssl3 libsrtp2-1 libabsl20220623 libstdc++6 \
  && rm -rf /var/lib/apt/lists/*
COPY --from=trees /trees/media /app
COPY --from=worker /opt/mediasoup-worker /usr/local/bin/mediasoup-worker
RUN deno cache --quiet media/main.ts shared/dev/image/start.ts shared/dev/image/healthy.ts shared/service/listen_early.ts
USER 10001:10001
ENV DT_DATA_DIR=/data/media DT_PORT=8082 DT_RTC_PORT=44400 MEDIASOUP_WORKER_BIN=/usr/local/bin/mediasoup-worker
EXPOSE 8082 44400-44463/tcp 44400-44463/udp 45000-45999/udp
HEALTHCHECK --interval=15s --timeout=4s --start-period=30s CMD ["deno", "run", "--quiet", "--no-prompt", "--cached-only", "--allow-net", "--allow-env=DT_HOST,DT_PORT,DT_TLS_CERT_FILE", "shared/dev/image/healthy.ts", "media"]
ENTRYPOINT ["/app/shared/dev/image/start.sh", "media"]
