# shellcheck shell=bash
# Shell functions that the scripts share. Sourced, not run.

# need_packages NAME...: installs the Debian packages that are missing, or says how.
need_packages() {
    local missing=() name
    for name in "$@"; do
        # A Python that is not Debian's own serves as well.
        case "$name" in
            python3) command -v python3 >/dev/null && continue ;;
            python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null && continue ;;
        esac
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' ||
            missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local install=(apt-get install -y --no-install-recommends "${missing[@]}")
    if [ "$(id -u)" -eq 0 ]; then
        apt-get update -q && DEBIAN_FRONTEND=noninteractive "${install[@]}"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo apt-get update -q && sudo DEBIAN_FRONTEND=noninteractive "${install[@]}"
    else
        echo "These Debian packages are missing. As root, run:" >&2
        echo "    apt-get update && ${install[*]}" >&2
        return 1
    fi
}

# make_venv DIRECTORY REQUIREMENT...: a virtual environment with exactly these packages, made once.
make_venv() {
    local directory=$1 stamp
    shift
    stamp="$directory/requirements.txt"
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$*" ]; then
        return 0
    fi
    python3 -m venv --clear "$directory"
    "$directory/bin/python" -m pip install -q --disable-pip-version-check "$@"
    printf '%s\n' "$*" >"$stamp"
}

# make_browser_venv DIRECTORY: the environment of tests that look at pages.
make_browser_venv() {
    make_venv "$1" playwright==1.65.2 axe-playwright-python==0.1.8
}

# need_swift: fails early where the toolchain is missing.
need_swift() {
    command -v swift >/dev/null && return 0
    echo "swift is not on the PATH. Install the Swift 6.3 toolchain first: https://www.swift.org/install" >&2
    return 1
}
