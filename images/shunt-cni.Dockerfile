# The image of the node's agent, for those who have a container engine. Everything in it is chosen by images/build.ts, which
# makes the same file system without one (make images).
#
#     make native
#     docker buildx build -f images/shunt-cni.Dockerfile -t shunt-cni .
#
# For another platform give it a native plugin that was built there:
#
#     docker buildx build --platform linux/arm64 --build-arg PLUGIN=dist/native-arm64/shunt-cni -f images/shunt-cni.Dockerfile .
ARG NODE=node:20-bookworm-slim

# The Node that goes into the image.
FROM ${NODE} AS node

FROM --platform=$BUILDPLATFORM ${NODE} AS assembled
ARG TARGETARCH
ARG PLUGIN=dist/native/shunt-cni
WORKDIR /shunt
COPY package.json package-lock.json ./
# Not npm ci: it refuses a lock file that leaves out other platforms' builds of a development tool.
RUN npm install --no-save
# One dependency is compiled, comes as a package for each platform, and is all that is not bundled.
RUN mkdir /production && cp package.json package-lock.json /production && cd /production && \
	npm install --no-save --omit=dev --os=linux --cpu="$(echo "$TARGETARCH" | sed s/amd64/x64/)"
COPY . .
RUN node scripts/build.mjs
COPY ${PLUGIN} dist/native/shunt-cni
COPY --from=node /usr/local/bin/node /target/node
RUN npx tsx images/build.ts --arch "$TARGETARCH" --node /target/node --modules /production --tree /trees shunt-cni
RUN mkdir /image && tar --extract --preserve-permissions --file /trees/shunt-cni.tar --directory /image

FROM scratch
COPY --from=assembled /image/ /
USER 0:0
ENV PATH=/usr/bin NODE_ENV=production
WORKDIR /
ENTRYPOINT ["/usr/bin/shunt"]
