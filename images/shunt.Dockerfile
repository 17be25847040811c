# The image of the Node programs, for those who have a container engine. Everything in it is chosen by images/build.ts,
# which makes the same file system without one (make images).
#
#     docker buildx build --platform linux/amd64,linux/arm64 -f images/shunt.Dockerfile -t shunt .
ARG NODE=node:20-bookworm-slim

# The Node that goes into the image.
FROM ${NODE} AS node

FROM --platform=$BUILDPLATFORM ${NODE} AS assembled
ARG TARGETARCH
WORKDIR /shunt
COPY package.json package-lock.json ./
# Not npm ci: it refuses a lock file that leaves out other platforms' builds of a development tool.
RUN npm install --no-save
# One dependency is compiled, comes as a package for each platform, and is all that is not bundled.
RUN mkdir /production && cp package.json package-lock.json /production && cd /production && \
	npm install --no-save --omit=dev --os=linux --cpu="$(echo "$TARGETARCH" | sed s/amd64/x64/)"
COPY . .
RUN node scripts/build.mjs
COPY --from=node /usr/local/bin/node /target/node
RUN npx tsx images/build.ts --arch "$TARGETARCH" --node /target/node --modules /production --tree /trees shunt
RUN mkdir /image && tar --extract --preserve-permissions --file /trees/shunt.tar --directory /image

FROM scratch
COPY --from=assembled /image/ /
USER 2102:2102
ENV PATH=/usr/bin NODE_ENV=production
WORKDIR /
ENTRYPOINT ["/usr/bin/shunt"]
