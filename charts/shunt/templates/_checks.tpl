{{/*
Each takes [source, value] and says what is wrong, or nothing.
*/}}

{{- define "shunt.check.port" -}}
{{- include "shunt.check.number" (list (first .) (last .) 1 65535 "TCP port") -}}
{{- end }}

{{/* Takes [source, value, least, most, noun]. */}}
{{- define "shunt.check.number" -}}
{{- $text := include "shunt.text" (index . 1) -}}
{{- $isNumber := regexMatch "^(0|-?[1-9][0-9]{0,14})$" $text -}}
{{- if not (and $isNumber (ge (int64 $text) (index . 2 | int64)) (le (int64 $text) (index . 3 | int64))) -}}
{{ first . }}: {{ toRawJson $text }} is not a valid {{ last . }} (want a whole number from {{ index . 2 }} to {{ index . 3 }})
{{- end -}}
{{- end }}

{{- define "shunt.check.portRange" -}}
{{- $bounds := last . | splitList "-" -}}
{{- $bad := gt (len $bounds) 2 -}}
{{- range $bounds }}{{ if include "shunt.check.port" (list "" .) }}{{ $bad = true }}{{ end }}{{ end -}}
{{- if not $bad }}{{ $bad = gt (first $bounds | int) (last $bounds | int) }}{{ end -}}
{{- if $bad -}}
{{ first . }}: {{ last . | toRawJson }} is not a {{ contains "-" (last .) | ternary "port range" "TCP port" }} (want PORT or LOW-HIGH with LOW at most HIGH, each from 1 to 65535)
{{- end -}}
{{- end }}

{{- define "shunt.check.subnet" -}}
{{- $parts := last . | splitList "/" -}}
{{- $address := first $parts -}}
{{- $octet := "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])" -}}
{{- $width := 0 -}}
{{- if regexMatch (printf "^%s(\\.%s){3}$" $octet $octet) $address }}{{ $width = 32 }}{{ end -}}
{{- if include "shunt.isIPv6" $address }}{{ $width = 128 }}{{ end -}}
{{- $prefix := last $parts -}}
{{- $sound := and (eq (len $parts) 2) (gt $width 0) (regexMatch "^(0|[1-9][0-9]{0,2})$" $prefix) -}}
{{- if not (and $sound (le (int $prefix) $width)) -}}
{{ first . }}: {{ last . | toRawJson }} is not a subnet (want ADDRESS/PREFIX, such as 10.0.0.0/8 (prefix 0-32) or fd00::/8 (prefix 0-128))
{{- end -}}
{{- end }}

{{/*
Something where the text is an IPv6 address: eight groups, of which one run may be left out, and the last two of which
may be written as an IPv4 address.
*/}}
{{- define "shunt.isIPv6" -}}
{{- $octet := "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])" -}}
{{- $text := regexReplaceAll (printf ":%s(\\.%s){3}$" $octet $octet) . ":0:0" -}}
{{- $halves := splitList "::" $text -}}
{{- $groups := 0 -}}
{{- $sound := le (len $halves) 2 -}}
{{- range $halves -}}
{{- if . -}}
{{- $sound = and $sound (regexMatch "^[0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4})*$" .) -}}
{{- $groups = add $groups (splitList ":" . | len) -}}
{{- end -}}
{{- end -}}
{{- $wanted := eq (len $halves) 2 | ternary (lt (int $groups) 8) (eq (int $groups) 8) -}}
{{- if and $sound $wanted }}yes{{ end -}}
{{- end }}

{{- define "shunt.check.interface" -}}
{{- if not (regexMatch "^[0-9A-Za-z][0-9A-Za-z_.@-]{0,14}$" (last .)) -}}
{{ first . }}: {{ last . | toRawJson }} is not an interface name (want 1-15 letters, digits, '.', '_', '-' or '@', beginning with a letter or digit)
{{- end -}}
{{- end }}
