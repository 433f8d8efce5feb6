//! Where the project keeps what the tests run.

use std::path::{Path, PathBuf};

use super::Error;

/// The project's folder.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// A file of the project that an earlier step makes; an error says which step.
pub(super) fn made(path: &str, step: &str) -> Result<PathBuf, Error> {
    let path = root().join(path);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("{} is not there: run `{step}`", path.display()).into())
    }
}

/// A program of one of the Python environments.
pub(super) fn tool(path: &str) -> Result<PathBuf, Error> {
    made(&format!(".venvs/{path}"), "make test")
}

/// An empty folder for the files of one run, and for its programs' temporary ones.
pub(super) fn fresh(name: &str) -> Result<PathBuf, Error> {
    let folder = root().join("target/local").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(folder.join("tmp"))?;
    Ok(folder)
}

/// A file inside the SAM CLI's Python package.
pub(super) fn in_sam(path: &str) -> Result<PathBuf, Error> {
    let versions = std::fs::read_dir(tool("sam/lib")?)?;
    let mut packages =
        versions.filter_map(|entry| Some(entry.ok()?.path().join("site-packages").join(path)));
    packages
        .find(|file| file.exists())
        .ok_or_else(|| format!("the SAM CLI has no {path}").into())
}
