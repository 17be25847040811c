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
Whom API servers trust: who issued the certificate, and, while a new one of ours takes the place of another, who issued that:
injectors present it until kubelets have written the new one, a minute or so. It goes with the next upgrade. Who is given is
trusted alone. Takes {root, ca}.
*/}}
{{- define "shunt.caBundle" -}}
{{- .ca -}}
{{- if eq .root.Values.injector.tls.source "generated" -}}
{{- $ca := .ca -}}
{{- $namespace := .root.Release.Namespace -}}
{{- $webhook := lookup "admissionregistration.k8s.io/v1" "MutatingWebhookConfiguration" "" "shunt-injector" -}}
{{- range $webhook.webhooks -}}
{{- $client := .clientConfig | default dict -}}
{{- if eq (get ($client.service | default dict) "namespace" | default "") $namespace -}}
{{- $before := include "shunt.certificates" ($client.caBundle | default "" | b64dec) -}}
{{- $newest := printf "%s\n-----END CERTIFICATE-----\n" (splitList "-----END CERTIFICATE-----" $before | first | trim) -}}
{{- if and $before (not (contains (trim $newest) $ca)) -}}
{{ $newest }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
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
