{{/*
Where the CNI plugin makes the rules: a container that fails while they are not in place. Takes {config, policy}.
*/}}
{{- define "shunt.validator" -}}
{{- $validator := .config.networkValidator -}}
{{- $anyAddress := .config.disableIPv6 | ternary "0.0.0.0" "[::]" -}}
name: shunt-network-validator
{{ include "shunt.imageFields" $validator.image }}
command: [/usr/bin/shunt, validate]
args:
  - --log-format
  - {{ $validator.logFormat }}
  - --log-level
  - {{ $validator.logLevel }}
  - --connect-addr
  - {{ $validator.connectAddr | default (include "shunt.validator.address" .policy) | quote }}
  - --listen-addr
  - {{ $validator.listenAddr | default (printf "%s:%v" $anyAddress .policy.outbound.proxyPort) | quote }}
  - --timeout
  - {{ $validator.timeout | quote }}
{{- with include "shunt.resources" .config.proxy.resources }}
{{ . }}
{{- end }}
{{- if $validator.enableSecurityContext }}
securityContext:
  {{- with $validator.securityContext }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  {{- include "shunt.restricted" (dict "uid" 65534 "gid" 65534) | nindent 2 }}
  {{- end }}
{{- end }}
terminationMessagePolicy: FallbackToLogsOnError
{{- end }}

{{/*
Somewhere outside that the policy redirects, for the validator to dial: Linkerd's own choice, or the first of some other
ports and of blocks reserved for documentation, which lead nowhere. Takes the policy.
*/}}
{{- define "shunt.validator.address" -}}
{{- $addresses := list "1.1.1.1" "192.0.2.2" "198.51.100.2" "203.0.113.2" -}}
{{- $format := "%s:%s" -}}
{{- if has "ipv6" .families -}}
{{- $addresses = list "fd00::1" "2001:db8::2" -}}
{{- $format = "[%s]:%s" -}}
{{- end -}}
{{- $ports := list "20001" -}}
{{- range .outbound.portsToRedirect -}}
{{- $ports = append $ports (splitList "-" . | first) -}}
{{- end -}}
{{- $ports = concat $ports (list "20002" "1404" "65000" "1") -}}
{{- $found := "" -}}
{{- range $address := $addresses -}}
{{- range $port := $ports -}}
{{- if and (not $found) (include "shunt.redirects" (list $.outbound $address $port)) -}}
{{- $found = printf $format $address $port -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{ $found | default (printf $format (first $addresses) "20001") }}
{{- end }}

{{/*
Something where the policy redirects an outbound connection. Takes [outbound policy, address, port].
*/}}
{{- define "shunt.redirects" -}}
{{- $out := index . 0 -}}
{{- $address := index . 1 -}}
{{- $port := index . 2 -}}
{{- $skipped := include "shunt.portIn" (list $port $out.portsToIgnore) -}}
{{- range $out.subnetsToIgnore -}}
{{- $skipped = print $skipped (include "shunt.cidrContains" (list . $address)) -}}
{{- end -}}
{{- $wanted := or (not $out.portsToRedirect) (include "shunt.portIn" (list $port $out.portsToRedirect)) -}}
{{- if and $wanted (not $skipped) }}yes{{ end -}}
{{- end }}

{{/*
Something where one of the ports or ranges has the port. Takes [port, ranges].
*/}}
{{- define "shunt.portIn" -}}
{{- $port := first . | int -}}
{{- range last . -}}
{{- $bounds := splitList "-" . -}}
{{- if and (le (first $bounds | int) $port) (le $port (last $bounds | int)) }}yes{{ end -}}
{{- end -}}
{{- end }}
