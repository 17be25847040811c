/** Also for bash 3.2, which macOS has: no mapfile, no negative subscripts. */
const bashScript = `# bash completion for shunt
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

/** A file in fpath and a text to source at once. */
const zshScript = `#compdef shunt
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

/** Fish takes candidates with their descriptions behind a tab, as they come. */
const fishScript = `# fish completion for shunt
function __shunt_complete
	set -l words (commandline -opc)
	set -e words[1]
	set -l token (commandline -ct)
	set -l lines (shunt __complete $words "$token" 2>/dev/null)
	set -l candidates (string match -v -r '^:\\d+$' -- $lines)
	if test (count $candidates) -gt 0
		printf '%s\\n' $candidates
	else if contains -- :0 $lines
		set -l prefix (string match -r -- '^--[^=]+=' $token)
		for path in (__fish_complete_path (string replace -- "$prefix" '' $token))
			printf '%s%s\\n' "$prefix" $path
		end
	end
end
complete -c shunt -f -a '(__shunt_complete)'
`;

/** Older PowerShells drop empty arguments, so an empty last word is passed as two quotation marks. */
const powershellScript = `# PowerShell completion for shunt
Register-ArgumentCompleter -Native -CommandName shunt -ScriptBlock {
	param($wordToComplete, $commandAst, $cursorPosition)
	$words = @($commandAst.CommandElements | Select-Object -Skip 1 |
		Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
	if ($wordToComplete -eq '') { $words += '""' }
	$lines = @(& shunt __complete @words 2>$null)
	$candidates = @($lines | Where-Object { $_ -notmatch '^:\\d+$' })
	if ($candidates.Count -gt 0) {
		$candidates | ForEach-Object {
			$text, $tip = $_ -split [char]9, 2
			if (-not $tip) { $tip = $text }
			[System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $tip)
		}
	} elseif ($lines -contains ':0') {
		[System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
	}
}
`;

export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/**
 * What a shell has to be told. Each asks `shunt __complete WORDS…`, with the words as arguments as they stand on the
 * line, quotation marks and all: nothing of them is ever evaluated.
 */
export const scripts: Readonly<Record<Shell, string>> = {
	bash: bashScript,
	zsh: zshScript,
	fish: fishScript,
	powershell: powershellScript,
};
