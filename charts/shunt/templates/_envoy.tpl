{{/*
Envoy's static configuration (envoy.config.bootstrap.v3): on each redirect port a listener per family that learns where
a connection was going, and a cluster that connects there. The admin server, which could also stop Envoy, stays on the
loopback interface; of it only probes and metrics are served to others. Takes the configuration.
*/}}
{{- define "shunt.envoy" -}}
{{- $ports := .proxy.ports -}}
{{- $addresses := dict "ipv4" "0.0.0.0" -}}
{{- if not .disableIPv6 }}{{ $_ := set $addresses "ipv6" "::" }}{{ end -}}
admin:
  address: {{- include "shunt.envoy.address" (list "127.0.0.1" $ports.control) | nindent 4 }}
static_resources:
  listeners:
    {{- range $family, $address := $addresses }}
    {{- range $direction := list "inbound" "outbound" }}
    - name: {{ $direction }}-{{ $family }}
      address: {{- include "shunt.envoy.address" (list $address (get $ports $direction)) | nindent 8 }}
      listener_filters:
        - name: envoy.filters.listener.original_dst
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst
      filter_chains:
        # A connection to the port itself was not redirected. Carrying it on would lead back here, for ever.
        - filter_chain_match:
            destination_port: {{ get $ports $direction }}
          filters: {{- include "shunt.envoy.tcpProxy" (list $direction "blackhole") | nindent 12 }}
        - filters: {{- include "shunt.envoy.tcpProxy" (list $direction $direction) | nindent 12 }}
    {{- end }}
    - name: admin-{{ $family }}
      address: {{- include "shunt.envoy.address" (list $address $ports.admin) | nindent 8 }}
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config: {{- include "shunt.envoy.adminServer" . | nindent 16 }}
    {{- end }}
  clusters:
    {{- range list "inbound" "outbound" }}
    - name: {{ . }}
      type: ORIGINAL_DST
      lb_policy: CLUSTER_PROVIDED
      connect_timeout: 10s
      # The default of 1024 connections is meant for a server that is to be protected.
      circuit_breakers:
        thresholds:
          - max_connections: 1000000
            max_pending_requests: 1000000
    {{- end }}
    - name: blackhole
      type: STATIC
      connect_timeout: 1s
    - name: admin
      type: STATIC
      connect_timeout: 1s
      load_assignment:
        cluster_name: admin
        endpoints:
          - lb_endpoints:
              - endpoint:
                  address: {{- include "shunt.envoy.address" (list "127.0.0.1" $ports.control) | nindent 20 }}
{{- end }}

{{/* Takes [address, port]. */}}
{{- define "shunt.envoy.address" -}}
socket_address:
  address: {{ first . | quote }}
  port_value: {{ last . }}
{{- end }}

{{/* Takes [name in statistics, cluster]. When an idle connection ends is for the applications to say. */}}
{{- define "shunt.envoy.tcpProxy" -}}
- name: envoy.filters.network.tcp_proxy
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
    stat_prefix: {{ first . }}
    cluster: {{ last . }}
    idle_timeout: 0s
{{- end }}

{{- define "shunt.envoy.adminServer" -}}
"@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
stat_prefix: admin
route_config:
  name: admin
  virtual_hosts:
    - name: admin
      domains: ["*"]
      routes:
        - match: { path: /ready }
          route: { cluster: admin }
        - match: { path: /live }
          direct_response: { status: 200, body: { inline_string: "live\n" } }
        - match: { path: /metrics }
          route: { cluster: admin, prefix_rewrite: /stats/prometheus }
http_filters:
  - name: envoy.filters.http.router
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
{{- end }}
