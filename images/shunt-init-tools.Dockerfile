# The init container's image with iptables and nft in it, for those who have a container engine. Everything in it is chosen by images/build.ts, which
# makes the same file system without one (make images).
#
#     make native
#     docker buildx build -f images/shunt-init-tools.Dockerfile -t shunt-init-tools .
#
# For another platform give it a native program that was built there:
#
#     docker buildx build --platform linux/arm64 --build-arg NATIVE=dist/native-arm64/shunt -f images/shunt-init-tools.Dockerfile .
ARG NODE=node:20-bookworm-slim

FROM --platform=$BUILDPLATFORM ${NODE} AS assembled
ARG TARGETARCH
ARG NATIVE=dist/native/shunt
WORKDIR /shunt
COPY package.json package-lock.json ./
# Not npm ci: it refuses a lock file that leaves out other platforms' builds of a development tool.
RUN npm install --no-save
COPY images images
COPY ${NATIVE} dist/native/shunt
RUN npx tsx images/build.ts --arch "$TARGETARCH" --tree /trees shunt-init-tools
# Not by ADD: what becomes of extended attributes there depends on the engine. COPY between stages keeps them.
RUN mkdir /image && tar --extract --preserve-permissions --xattrs --xattrs-include=security.capability \
	--file /trees/shunt-init-tools.tar --directory /image

FROM scratch
COPY --from=assembled /image/ /
USER 65534:65534
ENV PATH=/usr/sbin:/usr/bin
WORKDIR /
ENTRYPOINT ["/usr/bin/shunt-init"]
