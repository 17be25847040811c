# shellcheck shell=bash disable=SC2034
# Packages of any suite of Debian without a change to this machine's apt: sourced by those that unpack some.

# use_suite SUITE FOLDER: afterwards `apt_settings` are what apt-get and apt-cache need to speak of that suite alone. Its
# lists and what is downloaded lie in FOLDER. The mirror is the one that this machine's apt has for its own suite, or for
# that suite's security updates where SUITE is one of those; everything is signed by Debian's keys.
use_suite() {
	local suite=$1 folder=$2 program own keyring mirror
	for program in apt-get dpkg-deb; do
		command -v "$program" >/dev/null || { echo "Debian's packages are needed, and there is no $program" >&2; return 1; }
	done
	keyring=${DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
	[ -e "$keyring" ] || { echo "Debian's keys are needed: $keyring (package debian-archive-keyring, or DEBIAN_KEYRING)" >&2; return 1; }
	mkdir -p "$folder"/{lists,archives}/partial "$folder/none" "$folder/downloads"

	own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	case $suite in *-security) own=$own-security ;; esac
	mirror=$(own_mirror "$own")
	if [ -z "$mirror" ]; then
		apt-get -qq update
		mirror=$(own_mirror "$own")
	fi
	[ -n "$mirror" ] || { echo "apt on this machine has no mirror of its own suite \"$own\"" >&2; return 1; }
	echo "deb [signed-by=$keyring] $mirror $suite main" >"$folder/sources.list"

	apt_settings=(
		-qq -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::Languages=none
		# Descriptions for app stores: megabytes of them.
		-o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
		-o "Dir::Etc::sourcelist=$folder/sources.list" -o "Dir::Etc::sourceparts=$folder/none"
		-o Dir::Etc::preferences=/dev/null -o "Dir::Etc::preferencesparts=$folder/none"
		-o "Dir::State::lists=$folder/lists" -o Dir::State::status=/dev/null -o "Dir::Cache=$folder"
	)
}

own_mirror() {
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' | awk -v own="$1" '$1 == own { print $2; exit }'
}
