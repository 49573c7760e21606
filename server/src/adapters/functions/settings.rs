//! What the operator decides about functions.

use std::path::PathBuf;

/// What the operator decides about functions.
#[derive(Clone, Debug)]
pub struct FunctionSettings {
    /// The Python that runs Python functions: a path, or a name that is looked for.
    pub python: String,
    /// The Node.js that runs Node.js functions.
    pub node: String,
    /// Whether functions run even where nothing contains them.
    pub unsandboxed: bool,
    /// Instances that may work at once.
    pub most: u32,
    /// Where code is unpacked.
    pub folder: PathBuf,
    /// What functions must never see: the data directory.
    pub hidden: PathBuf,
}
