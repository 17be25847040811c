{{/*
Something where the block has the address. Takes [ADDRESS/PREFIX, address].
*/}}
{{- define "shunt.cidrContains" -}}
{{- $block := first . | splitList "/" -}}
{{- $network := include "shunt.hexAddress" (first $block) -}}
{{- $address := include "shunt.hexAddress" (last .) -}}
{{- $prefix := last $block | int -}}
{{- $digits := div $prefix 4 | int -}}
{{- $unit := index (list 16 8 4 2) (mod $prefix 4 | int) -}}
{{- $same := eq (len $network) (len $address) -}}
{{- if $same -}}
{{- $same = eq (trunc $digits $network) (trunc $digits $address) -}}
{{- end -}}
{{- if and $same (lt $digits (len $network)) -}}
{{- $end := int (add $digits 1) -}}
{{- $same = eq (div (printf "0x%s" (substr $digits $end $network) | int) $unit) (div (printf "0x%s" (substr $digits $end $address) | int) $unit) -}}
{{- end -}}
{{- if $same }}yes{{ end -}}
{{- end }}

{{/*
An address of either family as hexadecimal digits, 8 or 32.
*/}}
{{- define "shunt.hexAddress" -}}
{{- if contains ":" . -}}
{{- $address := lower . -}}
{{- if contains "." $address -}}
{{- $last := splitList ":" $address | last -}}
{{- $hex := include "shunt.hexAddress" $last -}}
{{- $address = printf "%s%s:%s" (trimSuffix $last $address) (trunc 4 $hex) (trunc -4 $hex) -}}
{{- end -}}
{{- $halves := splitList "::" $address -}}
{{- $head := without (splitList ":" (first $halves)) "" -}}
{{- $tail := list -}}
{{- if gt (len $halves) 1 }}{{ $tail = without (splitList ":" (last $halves)) "" }}{{ end -}}
{{- range $head }}{{ include "shunt.hexGroup" . }}{{ end -}}
{{- range until (int (sub 8 (len $head) (len $tail))) }}0000{{ end -}}
{{- range $tail }}{{ include "shunt.hexGroup" . }}{{ end -}}
{{- else -}}
{{- range splitList "." . }}{{ printf "%02x" (int .) }}{{ end -}}
{{- end -}}
{{- end }}

{{- define "shunt.hexGroup" -}}
{{ repeat (int (sub 4 (len .))) "0" }}{{ . }}
{{- end }}

{{/*
How many bits the text has as an address: 32, 128, or 0 where it is none. An IPv6 address has eight groups, of which one
run may be left out, and the last two of which may be written as an IPv4 address.
*/}}
{{- define "shunt.addressWidth" -}}
{{- $octet := "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])" -}}
{{- $dotted := printf "%s(\\.%s){3}$" $octet $octet -}}
{{- $halves := regexReplaceAll (printf ":%s" $dotted) . ":0:0" | splitList "::" -}}
{{- $groups := 0 -}}
{{- $sound := contains ":" . -}}
{{- range without $halves "" -}}
{{- $sound = and $sound (regexMatch "^[0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4})*$" .) -}}
{{- $groups = add $groups (splitList ":" . | len) | int -}}
{{- end -}}
{{- if regexMatch (printf "^%s" $dotted) . -}}
32
{{- else if and $sound (or (and (eq (len $halves) 1) (eq $groups 8)) (and (eq (len $halves) 2) (lt $groups 8))) -}}
128
{{- else -}}
0
{{- end -}}
{{- end }}
