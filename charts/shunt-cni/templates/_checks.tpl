{{/*
Each takes [source, text] and says what is wrong with it, in the injector's own words, or nothing.
*/}}

{{/* Takes [source, text, noun, least, most], and what more there is to say. */}}
{{- define "shunt.check.number" -}}
{{- $text := index . 1 -}}
{{- $sound := regexMatch "^(0|-?[1-9][0-9]{0,14})$" $text -}}
{{- if not (and $sound (ge (int64 $text) (index . 3 | int64)) (le (int64 $text) (index . 4 | int64))) -}}
{{ first . }}: {{ toRawJson $text }} is not a valid {{ index . 2 }} (want a whole number from {{ index . 3 }} to {{ index . 4 }}{{ if gt (len .) 5 }} ({{ last . }}){{ end }})
{{- end -}}
{{- end }}

{{/*
Takes [source, value, wanted]: a number that Helm has read as floating-point and that is beyond 2^53 may be another than
was written.
*/}}
{{- define "shunt.check.exact" -}}
{{- $value := index . 1 -}}
{{- if kindIs "float64" $value -}}
{{- if or (gt $value 9007199254740991.0) (lt $value -9007199254740991.0) -}}
{{ first . }}: "{{ printf "%.0f" $value }}" may have been rounded, as Helm does beyond 9007199254740991 (want {{ last . }})
{{- end -}}
{{- end -}}
{{- end }}

{{/*
Takes [source, value]. What a number was written as is lost: 1.0, 1e3 and 0123456 are 1, 1000 and 42798.
*/}}
{{- define "shunt.check.unquoted" -}}
{{- if kindIs "float64" (last .) -}}
{{ first . }}: "{{ include "shunt.text" (last .) }}" is what YAML makes of a number, whose text is lost (want text in quotes, such as "1.0")
{{- end -}}
{{- end }}

{{- define "shunt.check.port" -}}
{{- include "shunt.check.number" (concat . (list "TCP port" 1 65535)) -}}
{{- end }}

{{- define "shunt.check.user" -}}
{{- include "shunt.check.number" (concat . (list "user id" 0 4294967294)) -}}
{{- end }}

{{- define "shunt.check.portRange" -}}
{{- $bounds := last . | splitList "-" -}}
{{- $bad := gt (len $bounds) 2 -}}
{{- range $bounds }}{{ if include "shunt.check.port" (list "" .) }}{{ $bad = true }}{{ end }}{{ end -}}
{{- if or $bad (gt (first $bounds | int) (last $bounds | int)) -}}
{{ first . }}: {{ last . | toRawJson }} is not a {{ contains "-" (last .) | ternary "port range" "TCP port" }} (want PORT or LOW-HIGH with LOW at most HIGH, each from 1 to 65535)
{{- end -}}
{{- end }}

{{- define "shunt.check.subnet" -}}
{{- $parts := last . | splitList "/" -}}
{{- $width := include "shunt.addressWidth" (first $parts) | int -}}
{{- $sound := and (eq (len $parts) 2) (gt $width 0) (regexMatch "^(0|[1-9][0-9]{0,2})$" (last $parts)) -}}
{{- if not (and $sound (le (last $parts | int) $width)) -}}
{{ first . }}: {{ last . | toRawJson }} is not a subnet (want ADDRESS/PREFIX, such as 10.0.0.0/8 (prefix 0-32) or fd00::/8 (prefix 0-128))
{{- end -}}
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

{{- define "shunt.check.interface" -}}
{{- include "shunt.check.form" (concat . (list
  "^[0-9A-Za-z][0-9A-Za-z_.@-]{0,14}$"
  "is not an interface name"
  "1-15 letters, digits, '.', '_', '-' or '@', beginning with a letter or digit")) -}}
{{- end }}

{{- define "shunt.check.imageName" -}}
{{- $host := "[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?" -}}
{{- $part := "[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*" -}}
{{- include "shunt.check.form" (concat . (list
  (printf "^(%s/)?%s(/%s)*$" $host $part $part)
  "is not an image name"
  "HOST/PATH without a tag, such as example.com/team/proxy (the tag is a key of its own)")) -}}
{{- end }}

{{- define "shunt.check.registry" -}}
{{- $host := "[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?" -}}
{{- $part := "[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*" -}}
{{- include "shunt.check.form" (concat . (list
  (printf "^%s(/%s)*/?$" $host $part)
  "is not a registry"
  "HOST, HOST:PORT or HOST/PATH, such as registry.example.com/mirror")) -}}
{{- end }}

{{- define "shunt.check.imageVersion" -}}
{{- include "shunt.check.form" (concat . (list
  "^([0-9A-Za-z_][0-9A-Za-z_.-]{0,127}|sha256:[0-9a-f]{64})$"
  "is not an image tag"
  "up to 128 letters, digits, '.', '_' and '-', or sha256: and 64 hexadecimal digits")) -}}
{{- end }}

{{- define "shunt.check.label" -}}
{{- include "shunt.check.form" (concat . (list
  "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
  "is not a name"
  "1-63 lower-case letters, digits and '-', beginning and ending with a letter or digit")) -}}
{{- end }}

{{- define "shunt.check.mountPath" -}}
{{- include "shunt.check.form" (concat . (list "^/[^:]*$" "is not a mount path" "a path that begins with '/'")) -}}
{{- end }}

{{- define "shunt.check.urlPath" -}}
{{- include "shunt.check.form" (concat . (list "^/\\S*$" "is not a path" "a path that begins with '/'")) -}}
{{- end }}

{{- define "shunt.check.quantity" -}}
{{- include "shunt.check.form" (concat . (list
  "^([0-9]{1,18}(\\.[0-9]{0,9})?|\\.[0-9]{1,9})([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$"
  "is not a quantity"
  "a Kubernetes quantity such as 100m, 0.5, 64Mi or 1G")) -}}
{{- end }}

{{- define "shunt.check.socketAddress" -}}
{{- include "shunt.check.form" (concat . (list
  "^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$"
  "is not an address"
  "ADDRESS:PORT, such as 192.0.2.2:20001 or [fd00::1]:20001")) -}}
{{- end }}

{{/* Takes [source, text, least, most]: the least in milliseconds, 1 without it; the most in seconds, where 24 days are too many. */}}
{{- define "shunt.check.time" -}}
{{- $text := index . 1 -}}
{{- $least := gt (len .) 2 | ternary (slice . 2 | first) 1 -}}
{{- $part := "([0-9]{1,18}[.]?[0-9]{0,9}|[.][0-9]{1,9})(ns|us|µs|μs|ms|s|m|h|d)" -}}
{{- $units := dict "ns" 1 "us" 1000 "µs" 1000 "μs" 1000 "ms" 1000000 "s" 1000000000 "m" 60000000000 "h" 3600000000000 "d" 86400000000000 -}}
{{- $sum := float64 0 -}}
{{- range regexFindAll $part $text -1 -}}
{{- $sum = addf $sum (mulf (regexReplaceAll "[^0-9.]" . "" | float64) (get $units (regexReplaceAll "[0-9.]" . ""))) -}}
{{- end -}}
{{- $sound := or (eq $text "0") (regexMatch (printf "^(%s)+$" $part) $text) -}}
{{- if or (not $sound) (lt $sum (mulf $least 1000000)) (gt $sum (float64 2073600000000000)) -}}
{{ first . }}: {{ toRawJson $text }} is not a valid duration (want a number with its unit, such as 500ms, 10s, 1m30s, 1h or 1d, from {{ $least }}ms to 24d)
{{- else if gt (len .) 3 -}}
{{- if gt $sum (mulf (index . 3) 1000000000) -}}
{{ first . }}: {{ toRawJson $text }} is too long (want at most {{ index . 3 }}s)
{{- end -}}
{{- end -}}
{{- end }}

{{/*
Takes [source, text, name]: whether a text has certificates in PEM and nothing but those. What it has is never printed.
*/}}
{{- define "shunt.check.certificates" -}}
{{- $text := index . 1 -}}
{{- $others := without (regexFindAll "-----BEGIN [A-Z0-9 ]+-----" $text -1) "-----BEGIN CERTIFICATE-----" -}}
{{- if regexMatch "(?i)PRIVATE KEY" $text -}}
{{ first . }}: has a private key in it, which is for the injector alone (want certificates and nothing else; the key is injector.tls.key)
{{- else if $others -}}
{{ first . }}: has more in it than certificates: {{ first $others }} (want certificates and nothing else)
{{- else if and $text (not (include "shunt.certificates" $text)) -}}
{{ first . }}: is not a certificate (want one in PEM, such as --set-file {{ first . }}={{ last . }}.pem reads)
{{- end -}}
{{- end }}

{{/*
Takes [source, text, host]: whether the first certificate of a text is valid today and for a host (for anything where that is
empty), as far as that is seen without a parser: in DER names stand as they are, and the two times behind a tag and a length.
What has nothing of that form is judged by nobody here.
*/}}
{{- define "shunt.check.served" -}}
{{- $host := last . -}}
{{- $source := first . -}}
{{- with regexFindAll "-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----" (index . 1) -1 -}}
{{- $der := regexReplaceAll "-----(BEGIN|END) CERTIFICATE-----|\\s" (first .) "" | b64dec -}}
{{- $times := regexFindAll "\\x17\\x0d[0-9]{12}Z|\\x18\\x0f[0-9]{14}Z" $der -1 -}}
{{- if ge (len $times) 2 -}}
{{- $now := dateInZone "20060102150405" now "UTC" -}}
{{- $from := index $times 0 | include "shunt.time" -}}
{{- $to := index $times 1 | include "shunt.time" -}}
{{- if lt $to $now -}}
{{ $source }}: expired on {{ include "shunt.day" $to }} (want a certificate that is valid today)
{{ else if lt $now $from -}}
{{ $source }}: is not valid before {{ include "shunt.day" $from }} (want a certificate that is valid today)
{{ end -}}
{{- /* Behind a tag and its length; those of a text are a common name's, which is no name. */ -}}
{{- $either := list $host (regexReplaceAll "^[^.]+" $host "*") | join "|" | upper -}}
{{- $name := printf "[^\\x0c\\x13\\x16][^\\x00](%s)([^.]|$)" (regexReplaceAll "[*]" (regexReplaceAll "[.]" $either "[.]") "[*]") -}}
{{- if and $host (not (regexMatch $name (upper $der))) -}}
{{ $source }}: is not for {{ $host }} (want one whose subject alternative names have DNS:{{ $host }})
{{ end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* A certificate's time as YYYYMMDDhhmmss, in UTC; years of two digits are those from 1950 (RFC 5280, section 4.1.2.5). */}}
{{- define "shunt.time" -}}
{{- $digits := first (regexFindAll "[0-9]{12,14}" . -1) -}}
{{- if eq (len $digits) 12 }}{{ regexMatch "^[5-9]" $digits | ternary "19" "20" }}{{ end -}}
{{ $digits }}
{{- end }}

{{- define "shunt.day" -}}
{{- $pairs := regexFindAll "[0-9]{2}" . -1 -}}
{{ index $pairs 0 }}{{ index $pairs 1 }}-{{ index $pairs 2 }}-{{ index $pairs 3 }}
{{- end }}

{{/* Takes [source, text]: whether a text has a private key in PEM that can be used as it is. */}}
{{- define "shunt.check.privateKey" -}}
{{- $text := last . -}}
{{- if regexMatch "-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: *4,ENCRYPTED" $text -}}
{{ first . }}: is encrypted, and nobody tells the injector the passphrase (want it without one, as "openssl pkey -in key.pem" writes it)
{{- else if and $text (not (regexMatch "-----BEGIN (RSA |EC )?PRIVATE KEY-----[ \\t]*\r?\n[A-Za-z0-9+/=\\s]+\n-----END (RSA |EC )?PRIVATE KEY-----" $text)) -}}
{{ first . }}: is not a private key (want one in PEM, such as --set-file {{ first . }}=key.pem reads)
{{- else if gt (len (regexFindAll "-----BEGIN [A-Z ]*PRIVATE KEY-----" $text -1)) 1 -}}
{{ first . }}: has more than one private key (want the injector's alone, since it is given all that is here)
{{- end -}}
{{- end }}

{{/* Takes [source, text, expression, complaint, accepted]. */}}
{{- define "shunt.check.form" -}}
{{- if not (regexMatch (index . 2) (index . 1)) -}}
{{ first . }}: {{ index . 1 | toRawJson }} {{ index . 3 }} (want {{ last . }})
{{- end -}}
{{- end }}
