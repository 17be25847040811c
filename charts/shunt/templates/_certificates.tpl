{{/*
The injector's certificate as JSON {ca, crt, key}, PEM. What is given by value counts, then what the cluster has, and
with source "generated" a new one is made where that is incomplete. Each call makes another: include it once.
*/}}
{{- define "shunt.certificate" -}}
{{- $tls := .Values.injector.tls -}}
{{- $stored := (lookup "v1" "Secret" .Release.Namespace (include "shunt.tlsSecret" .)).data | default dict -}}
{{- $found := dict
  "ca" (get $stored "ca.crt" | default "" | b64dec)
  "crt" (get $stored "tls.crt" | default "" | b64dec)
  "key" (get $stored "tls.key" | default "" | b64dec) -}}
{{- if eq $tls.source "provided" -}}
{{- range $part := list "ca" "crt" "key" -}}
{{- with get $tls $part }}{{ $_ := set $found $part . }}{{ end -}}
{{- end -}}
{{- else if not (and $found.ca $found.crt $found.key) -}}
{{- $host := printf "shunt-injector.%s.svc" .Release.Namespace -}}
{{- $days := int .Values.injector.tls.daysValid -}}
{{- $ca := genCA "shunt-injector-ca" $days -}}
{{- $made := genSignedCert $host nil (list $host (printf "%s.cluster.local" $host)) $days $ca -}}
{{- $found = dict "ca" $ca.Cert "crt" $made.Cert "key" $made.Key -}}
{{- end -}}
{{ set $found "ca" (include "shunt.certificates" $found.ca) | toJson }}
{{- end }}

{{/*
The certificates of a PEM text and nothing else of it: everybody may read what API servers trust, and a private key in
the same file is nobody else's business.
*/}}
{{- define "shunt.certificates" -}}
{{- range regexFindAll "-----BEGIN CERTIFICATE-----[ \\t]*\r?\n[A-Za-z0-9+/=\\s]+\n-----END CERTIFICATE-----" (. | default "") -1 -}}
{{ . }}
{{ end -}}
{{- end }}

{{/*
The Secret that the injector mounts.
*/}}
{{- define "shunt.tlsSecret" -}}
{{ .Values.injector.tls.existingSecret | default "shunt-injector-tls" }}
{{- end }}
