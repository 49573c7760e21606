//! AWS's shared configuration and credentials files.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::{Error, Variables};

/// Far more than anyone writes by hand.
const MAX_BYTES: u64 = 1 << 20;

/// One profile of the two files; what the credentials file says wins.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    lines: Vec<(String, Zeroizing<String>)>,
}

impl Profile {
    /// The profile that `AWS_PROFILE` names, or `default`.
    ///
    /// # Errors
    /// When a profile is named and not there.
    pub(crate) fn read(variables: &Variables) -> Result<Self, Error> {
        match variables("AWS_PROFILE").or_else(|| variables("AWS_DEFAULT_PROFILE")) {
            Some(name) => Self::named(variables, &name)?
                .ok_or_else(|| Error::settings(format!("there is no profile called {name}"))),
            None => Ok(Self::named(variables, "default")?.unwrap_or_default()),
        }
    }

    /// The profile `name`, if either file has it.
    pub(crate) fn named(variables: &Variables, name: &str) -> Result<Option<Self>, Error> {
        let credentials = file(variables, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
        let config = file(variables, "AWS_CONFIG_FILE", "config");
        let longer = format!("profile {name}");
        let mut found = None;
        for (path, titles) in [(credentials, vec![name]), (config, titles(name, &longer))] {
            let Some(text) = path.map(|path| read(&path)).transpose()?.flatten() else { continue };
            for lines in titles.into_iter().filter_map(|title| section(&text, title)) {
                found.get_or_insert_with(Self::default).lines.extend(lines);
            }
        }
        Ok(found)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let found = self.lines.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

/// How the configuration file calls a profile: the default one goes without `profile`, too.
fn titles<'a>(name: &'a str, longer: &'a str) -> Vec<&'a str> {
    if name == "default" { vec![longer, name] } else { vec![longer] }
}

fn file(variables: &Variables, variable: &str, name: &str) -> Option<PathBuf> {
    let home = || variables("HOME").map(|home| Path::new(&home).join(".aws").join(name));
    variables(variable).map(PathBuf::from).or_else(home)
}

/// The text of the file; `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, Error> {
    let complain =
        |cause: String| Error::settings(format!("cannot read {}: {cause}", path.display()));
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(complain(error.to_string())),
        Ok(data) if data.len() > MAX_BYTES => return Err(complain("it is too long".to_owned())),
        Ok(_) => {}
    }
    let text = std::fs::read_to_string(path).map_err(|error| complain(error.to_string()))?;
    Ok(Some(Zeroizing::new(text)))
}

/// The lines of a section, `None` if it is not there. Indented lines belong to nested settings.
fn section(text: &str, title: &str) -> Option<Vec<(String, Zeroizing<String>)>> {
    let mut found: Option<Vec<_>> = None;
    let mut is_inside = false;
    for line in text.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            is_inside = name.split_whitespace().eq(title.split_whitespace());
            if is_inside {
                found.get_or_insert_default();
            }
        } else if is_inside
            && !line.starts_with([' ', '\t'])
            && let Some((key, value)) = bare.split_once('=')
        {
            let value = value.split(" #").next().unwrap_or_default().trim();
            let pair = (key.trim().to_ascii_lowercase(), Zeroizing::new(value.to_owned()));
            found.get_or_insert_default().push(pair);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::sync::Arc;

    use super::*;

    fn variables(folder: &Path, profile: Option<&str>) -> Variables {
        let (folder, profile) = (folder.to_owned(), profile.map(str::to_owned));
        Arc::new(move |name| match name {
            "HOME" => Some(folder.display().to_string()),
            "AWS_PROFILE" => profile.clone(),
            _ => None,
        })
    }

    #[test]
    fn the_credentials_file_wins_over_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".aws")).unwrap();
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(".aws").join(name), text).unwrap();
        };
        write(
            "config",
            "[default]\nregion=eu-west-1\n[profile a]\nregion = us-west-2\ns3 =\n  region = no\naws_access_key_id = B # not this\n",
        );
        write("credentials", "# mine\n[a]\naws_access_key_id = A\n");
        let of = |profile| Profile::read(&variables(folder.path(), profile));
        let profile = of(Some("a")).unwrap();
        assert_eq!(profile.get("region"), Some("us-west-2"));
        assert_eq!(profile.get("aws_access_key_id"), Some("A"));
        assert_eq!(of(None).unwrap().get("region"), Some("eu-west-1"));
        assert_eq!(of(Some("b")).unwrap_err().message(), "there is no profile called b");
    }
}
