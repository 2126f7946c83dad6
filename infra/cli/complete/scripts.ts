export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** In single quotes, as all three shells read them. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * A script that a shell reads at its start: it defines the command `klamka`, and completes it by asking the program
 * itself, so that it never gets older than the program.
 */
export const scriptOf = (shell: Shell, { node, main }: { node: string; main: string }): string =>
  SCRIPTS[shell](`${quoted(node)} ${quoted(main)}`);

const SCRIPTS: Readonly<Record<Shell, (run: string) => string>> = {
  bash: (run) => `klamka() { ${run} "$@"; }
_klamka() {
  local line=\${COMP_LINE:0:COMP_POINT} cur words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  cur=\${words[-1]}
  local IFS=$'\\n'
  COMPREPLY=($(${run} __complete -- "\${words[@]:1}" 2>/dev/null))
  # Readline treats a colon as the end of a word, and keeps what stands before it.
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
    local i=\${#COMPREPLY[@]}
    while ((i-- > 0)); do COMPREPLY[i]=\${COMPREPLY[i]#"\${cur%"\${cur##*:}"}"}; done
  fi
}
complete -o default -F _klamka klamka
`,
  zsh: (run) => `klamka() { ${run} "$@"; }
_klamka() {
  local -a found
  found=("\${(@f)$(${run} __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -- "\${(@)found:#}"
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _klamka klamka
`,
  fish: (run) => `function klamka
  ${run} $argv
end
function __klamka
  set -l words (commandline -opc) (commandline -ct)
  ${run} __complete -- $words[2..-1] 2>/dev/null
end
complete -c klamka -f -a '(__klamka)'
`,
};
