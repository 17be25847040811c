/** Fish takes candidates with their descriptions behind a tab, as they come. */
export const fishScript = `# fish completion for shunt
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
