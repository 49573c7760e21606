//! What the server's source says in tables and literals, read without running it.

use syn::visit::Visit;
use syn::{Expr, Lit};

use crate::complaint::Complaint;
use crate::repository::Repository;

/// A call or tuple whose leading parts are literals: `setting("listen", …)`, `("connections", …)`.
pub struct Row {
    /// The function called, if it is a call.
    pub function: Option<String>,
    /// The texts among its parts, in order.
    pub texts: Vec<String>,
}

/// Every call and tuple in a file that holds texts, and every text.
#[derive(Default)]
pub struct Source {
    /// Calls and tuples.
    pub rows: Vec<Row>,
    /// All texts.
    pub texts: Vec<String>,
}

impl Source {
    /// Reads the file, without its tests.
    ///
    /// # Errors
    /// When it cannot be read or is no Rust.
    pub fn read(repository: &Repository, path: &str) -> Result<Self, Complaint> {
        let text = repository.read(path)?;
        let file =
            syn::parse_file(&text).map_err(|error| Complaint::new(path, error.to_string()))?;
        let mut source = Self::default();
        for item in file.items.iter().filter(|item| !matches!(item, syn::Item::Mod(_))) {
            source.visit_item(item);
        }
        Ok(source)
    }

    fn push<'e>(&mut self, function: Option<String>, parts: impl Iterator<Item = &'e Expr>) {
        let texts: Vec<String> = parts.filter_map(text).collect();
        if !texts.is_empty() {
            self.rows.push(Row { function, texts });
        }
    }
}

impl<'ast> Visit<'ast> for Source {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let function = path.path.segments.last().map(|segment| segment.ident.to_string());
            self.push(function, call.args.iter());
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_expr_tuple(&mut self, tuple: &'ast syn::ExprTuple) {
        self.push(None, tuple.elems.iter());
        syn::visit::visit_expr_tuple(self, tuple);
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.texts.push(literal.value());
    }
}

fn text(part: &Expr) -> Option<String> {
    match part {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
