/** A Deployment of some 2.5 KB as people and programs write them: comments, probes, texts of several lines, mixed styles. */
export function deployment(index: number): string {
	const name = `svc-${index}`;
	return `# Service ${index}, kept by team ${index % 7}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: team-${index % 7}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: "shop"
    app.kubernetes.io/version: "1.${index}.0" # a text
  annotations:
    deployment.kubernetes.io/revision: "3"
    description: >-
      Serves the orders of region ${index % 13},
      and answers health checks.
spec:
  replicas: ${(index % 5) + 1}
  revisionHistoryLimit: 5
  selector:
    matchLabels: {app.kubernetes.io/name: ${name}}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 25%
      maxUnavailable: 0
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: '9090'
    spec:
      serviceAccountName: ${name}
      terminationGracePeriodSeconds: 30
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        fsGroup: 2000
${containers(name, index)}      volumes:
        - name: config
          configMap:
            name: ${name}-config
        - name: tmp
          emptyDir: {}
`;
}

function containers(name: string, index: number): string {
	return `      # The application itself
      containers:
        - name: app
          image: registry.example.com/shop/${name}:1.${index}.0
          imagePullPolicy: IfNotPresent
          command: ["/bin/app", "--config", "/etc/app/config.yaml"]
          args:
            - --listen=:8080
            - "--region=${index % 13}"
          ports:
            - name: http
              containerPort: 8080
              protocol: TCP
            - {name: metrics, containerPort: 9090}
          env:
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef:
                  name: ${name}-db
                  key: url
            - name: FEATURES
              value: "a,b,c"
            - name: SCRIPT
              value: |
                set -e
                echo "starting ${index}"
          readinessProbe:
            httpGet: {path: /ready, port: http}
            periodSeconds: 5
          livenessProbe:
            httpGet:
              path: /live
              port: 8080
            initialDelaySeconds: 10
            failureThreshold: 3
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits:
              memory: 256Mi
          volumeMounts:
            - name: config
              mountPath: /etc/app
              readOnly: true
`;
}

/** The same objects as the items of a List. */
export function asList(documents: readonly string[]): string {
	const items = documents.map((document) => `- ${document.trimEnd().replaceAll("\n", "\n  ")}\n`);
	return `apiVersion: v1\nkind: List\nitems:\n${items.map(withoutFirstComment).join("")}`;
}

function withoutFirstComment(item: string): string {
	return item.replace(/^- #.*\n {2}/, "- ");
}
