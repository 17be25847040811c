/** A file in fpath and a text to source at once. */
export const zshScript = `#compdef shunt
_shunt() {
	local line directive=4 tab=$'\\t'
	local -a lines candidates
	lines=("\${(@f)$(shunt __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
	for line in "\${(@)lines}"; do
		case $line in
		:*) directive=\${line#:} ;;
		*$tab*) candidates+=("\${\${line%%$tab*}//:/\\\\:}:\${line#*$tab}") ;;
		?*) candidates+=("\${line//:/\\\\:}") ;;
		esac
	done
	if (( \${#candidates} )); then
		_describe shunt candidates
	elif [[ $directive == 0 ]]; then
		compset -P '--*='
		_files
	fi
}
# Sourced, it has to make itself known; as a file in fpath it is called.
if [[ "\${funcstack[1]}" == _shunt ]]; then
	_shunt "$@"
else
	compdef _shunt shunt
fi
`;
