// The scripts ask the program itself, `seldon-lambda complete -- <words>`, which answers a line for each
// possibility, with its meaning behind a tab; `:files` stands for the files of the machine. No word that was
// typed is evaluated, and nothing but the shell is needed.

/** The script of each shell that can be completed. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash completion of seldon-lambda: source <(seldon-lambda completion bash)
_seldon_lambda() {
  local value meaning
  COMPREPLY=()
  while IFS=$'\\t' read -r value meaning; do
    # Without a possibility, bash completes the names of files.
    [[ $value == :files ]] || COMPREPLY+=("$value")
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o bashdefault -o default -F _seldon_lambda seldon-lambda
`,
  zsh: `#compdef seldon-lambda
# zsh completion of seldon-lambda: source <(seldon-lambda completion zsh)
_seldon_lambda() {
  local line
  local -a possible
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      _files
      return
    fi
    [[ -z $line ]] || possible+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'seldon-lambda' possible
}
compdef _seldon_lambda seldon-lambda
`,
  fish: `# fish completion of seldon-lambda: seldon-lambda completion fish | source
function __seldon_lambda_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete -- $words[2..] "$current" 2>/dev/null)
        if test "$line" = ':files'
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c seldon-lambda -f -a '(__seldon_lambda_complete)'
`,
};
