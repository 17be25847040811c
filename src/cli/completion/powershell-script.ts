/** Older PowerShells drop empty arguments, so an empty last word is passed as two quotation marks. */
export const powershellScript = `# PowerShell completion for shunt
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
