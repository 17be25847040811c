{{/*
A list, however it was given (items between commas, one number, or a YAML list), as items between commas.
*/}}
{{- define "shunt.list" -}}
{{- $given := ternary . (list .) (kindIs "slice" .) -}}
{{- $items := list -}}
{{- range $given -}}
{{- range splitList "," (include "shunt.text" .) -}}
{{- $items = append $items (trim .) -}}
{{- end -}}
{{- end -}}
{{ without $items "" | join "," }}
{{- end }}

{{/*
The same for ports and ranges, where 80-80 is 80.
*/}}
{{- define "shunt.ports" -}}
{{- $ports := list -}}
{{- range include "shunt.items" . | fromJsonArray -}}
{{- $bounds := splitList "-" . -}}
{{- $ports = append $ports (eq (first $bounds) (last $bounds) | ternary (first $bounds) .) -}}
{{- end -}}
{{ join "," $ports }}
{{- end }}

{{/*
The same as a JSON list of texts.
*/}}
{{- define "shunt.items" -}}
{{ without (splitList "," (include "shunt.list" .)) "" | toJson }}
{{- end }}

{{/*
A scalar as text. YAML's numbers are floating-point to Helm, which would print a million as 1e+06.
*/}}
{{- define "shunt.text" -}}
{{- if kindIs "float64" . -}}
{{- if eq (floor .) . }}{{ int64 . }}{{ else }}{{ toString . }}{{ end -}}
{{- else if not (kindIs "invalid" .) -}}
{{ toString . | trim }}
{{- end -}}
{{- end }}
