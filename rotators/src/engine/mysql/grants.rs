//! What one user may do, said of another.

use crate::sql::unquoted;

/// A line of `SHOW GRANTS`, for the account `account`; `None` when it is none of the known forms.
///
/// The account, its password and its limits are left out; the right to pass a privilege on stays.
pub(super) fn for_another(line: &str, account: &str) -> Option<String> {
    let (word, may_pass_on) = match line.split(' ').next()? {
        "GRANT" => (" TO ", true),
        "REVOKE" => (" FROM ", false),
        "SET" => (" FOR ", false),
        _ => return None,
    };
    let at = unquoted(line, word).last()?;
    let (head, tail) = (&line[..at], &line[at..]);
    let mut statement = format!("{head}{word}{account}");
    if may_pass_on {
        // MariaDB joins it with limits: `WITH GRANT OPTION MAX_USER_CONNECTIONS 5`.
        for (option, clause) in
            [("GRANT OPTION", " WITH GRANT OPTION"), ("ADMIN OPTION", " WITH ADMIN OPTION")]
        {
            if unquoted(tail, option).next().is_some() {
                statement.push_str(clause);
            }
        }
    }
    Some(statement)
}

#[cfg(test)]
mod tests {
    use super::for_another;

    #[test]
    fn a_grant_is_passed_on_without_the_password_of_the_other() {
        let cases = [
            (
                "GRANT USAGE ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*0B' REQUIRE SSL",
                "GRANT USAGE ON *.* TO 'x'@'%'",
            ),
            (
                "GRANT SELECT, INSERT (`a TO b`) ON `shop TO`.* TO `app`@`%` WITH GRANT OPTION",
                "GRANT SELECT, INSERT (`a TO b`) ON `shop TO`.* TO 'x'@'%' WITH GRANT OPTION",
            ),
            (
                "GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD ' GRANT OPTION' WITH MAX_USER_CONNECTIONS 5",
                "GRANT USAGE ON *.* TO 'x'@'%'",
            ),
            ("GRANT `reader` TO `app`@`%`", "GRANT `reader` TO 'x'@'%'"),
            ("REVOKE INSERT ON `db`.* FROM `app`@`%`", "REVOKE INSERT ON `db`.* FROM 'x'@'%'"),
            ("SET DEFAULT ROLE `reader` FOR `app`@`%`", "SET DEFAULT ROLE `reader` FOR 'x'@'%'"),
        ];
        for (line, expected) in cases {
            assert_eq!(for_another(line, "'x'@'%'").as_deref(), Some(expected));
        }
    }

    #[test]
    fn anything_else_is_not_performed() {
        assert_eq!(for_another("DROP TABLE a TO b", "'x'@'%'"), None);
        assert_eq!(for_another("GRANT ALL", "'x'@'%'"), None);
    }
}
