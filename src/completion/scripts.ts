/**
 * What shells load. The program is asked for what fits; what it says is data and never evaluated: names of containers and
 * files are other people's.
 */
const bash = `# bash completion for nstrace
_nstrace() {
  local rest=\${COMP_LINE:0:COMP_POINT} word index line value prefix
  local -a words=() lines=()
  # Bash splits words at : and = too: what no blank is between belongs together.
  for ((index = 0; index <= COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ \${#words[@]} -eq 0 || $rest == [[:space:]]* ]]; then
      words+=('')
      rest=\${rest#"\${rest%%[![:space:]]*}"}
    fi
    [[ $rest == "$word"* ]] || word=$rest
    words[\${#words[@]} - 1]+=$word
    rest=\${rest#"$word"}
  done
  local last=$((\${#words[@]} - 1))
  local current=\${words[last]//\\\\/}
  current=\${current#[\\"\\']}
  words[last]=$current
  mapfile -t lines < <(command nstrace complete -- "\${words[@]:1}" 2>/dev/null)
  prefix=\${current%"\${current##*[:=]}"}
  COMPREPLY=()
  local blank=no
  for line in "\${lines[@]}"; do
    value=\${line%%$'\\t'*}
    [[ $value == */ || $value == *= ]] || blank=yes
    printf -v value %q "\${value#"$prefix"}"
    COMPREPLY+=("$value")
  done
  [[ $blank == yes ]] || compopt -o nospace 2>/dev/null
}
complete -F _nstrace nstrace
`;

const zsh = `#compdef nstrace
_nstrace() {
  local line value about
  local -a asked lines values texts folders
  asked=("\${(@Q)words[2,CURRENT]}")
  lines=("\${(@f)$(command nstrace complete -- "\${asked[@]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    [[ -n $line ]] || continue
    value=\${line%%$'\\t'*}
    about=\${line#*$'\\t'}
    if [[ $value == */ ]]; then
      folders+=("$value")
    else
      values+=("$value")
      texts+=("$value\${about:+  -- $about}")
    fi
  done
  (( \${#values} )) && compadd -l -d texts -- "\${values[@]}"
  (( \${#folders} )) && compadd -S '' -- "\${folders[@]}"
  (( \${#values} + \${#folders} ))
}
if [[ \${funcstack[1]} == _nstrace ]]; then
  _nstrace "$@"
else
  compdef _nstrace nstrace
fi
`;

const fish = `# fish completion for nstrace
function __nstrace_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    test (count $current) -eq 0; and set current ''
    command nstrace complete -- $words[2..-1] "$current" 2>/dev/null
end
complete -c nstrace -f -a '(__nstrace_complete)'
`;

export const completionScripts = { bash, zsh, fish } as const;
export type Shell = keyof typeof completionScripts;
export const shells = Object.keys(completionScripts) as Shell[];
