/** Also for bash 3.2, which macOS has: no mapfile, no negative subscripts. */
export const bashScript = `# bash completion for shunt
_shunt() {
	local cur="\${COMP_WORDS[COMP_CWORD]}" word= joined= line directive=4 index
	local -a words=()
	COMPREPLY=()
	# bash takes --flag=value and a:b apart; the program gets them whole.
	for ((index = 1; index <= COMP_CWORD; index++)); do
		word=\${COMP_WORDS[index]}
		if [[ \${#words[@]} -gt 0 && ( $word == [=:]* || $joined == *[=:] ) ]]; then
			joined+=$word
			words[\${#words[@]}-1]=$joined
		else
			joined=$word
			words+=("$word")
		fi
	done
	[[ $cur == [=:] ]] && cur=
	local prefix=\${joined%"$cur"}
	while IFS= read -r line; do
		case $line in
		:*) directive=\${line#:} ;;
		*)
			line=\${line%%$'\\t'*}
			COMPREPLY+=("\${line#"$prefix"}")
			;;
		esac
	done < <(shunt __complete "\${words[@]}" 2>/dev/null)
	if [[ \${#COMPREPLY[@]} -eq 0 && $directive == 0 ]]; then
		compopt -o filenames 2>/dev/null
		while IFS= read -r line; do
			COMPREPLY+=("$line")
		done < <(compgen -f -- "$cur")
	fi
}
complete -F _shunt shunt
`;
