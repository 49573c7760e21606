//! What is served, and how a request's marks lead to one of the services.

use std::sync::Arc;

use strongroom_api::{Facts, Host, Rest};

/// A service that is served.
pub struct Hosted {
    /// Its dispatch table.
    pub host: Arc<dyn Host>,
    /// Its names on the wire.
    pub facts: &'static Facts,
    /// The names of its operations, by their place in the table.
    pub operations: Vec<&'static str>,
    /// Its place in [`Services`], by which it is counted.
    pub place: usize,
}

/// An operation that a request's method and path lead to.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The place of the service in [`Services`].
    pub service: usize,
    /// The place of the operation in the service's table.
    pub position: usize,
    /// Its name.
    pub name: &'static str,
    /// How it appears in HTTP.
    pub rest: &'static Rest,
}

/// All services that are served, and the routes of those that speak a REST protocol.
pub struct Services(Vec<Hosted>, Vec<Route>);

impl Services {
    /// The table of `hosts`.
    #[must_use]
    pub fn new(hosts: Vec<Arc<dyn Host>>) -> Self {
        let place = |(place, host): (usize, Arc<dyn Host>)| Hosted {
            facts: host.facts(),
            operations: host.operations().iter().map(|operation| operation.name).collect(),
            host,
            place,
        };
        let hosted: Vec<_> = hosts.into_iter().enumerate().map(place).collect();
        let routes = routes(&hosted);
        Self(hosted, routes)
    }

    /// The operation that method, path and query string lead to.
    #[must_use]
    pub fn route(&self, method: &str, path: &str, query: &str) -> Option<Route> {
        self.1.iter().find(|route| route.rest.matches(method, path, query)).copied()
    }

    /// The service at this place.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<&Hosted> {
        self.0.get(place)
    }

    /// Every service.
    pub fn iter(&self) -> std::slice::Iter<'_, Hosted> {
        self.0.iter()
    }

    /// The service with this signing name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Hosted> {
        // A dozen short names: a walk is as fast as a table.
        self.0.iter().find(|hosted| hosted.facts.name == name)
    }

    /// The service whose `X-Amz-Target` begins with `prefix`.
    #[must_use]
    pub fn with_target(&self, prefix: &str) -> Option<&Hosted> {
        self.0.iter().find(|hosted| hosted.facts.target_prefix == Some(prefix))
    }

    /// The service whose query protocol has this `Version`. Every service has a version of its own.
    #[must_use]
    pub fn with_version(&self, version: &str) -> Option<&Hosted> {
        let speaks =
            |hosted: &&Hosted| hosted.facts.query.is_some_and(|query| query.version == version);
        self.0.iter().find(speaks)
    }
}

/// Every route; those that a parameter tells apart come first.
fn routes(hosted: &[Hosted]) -> Vec<Route> {
    let mut routes = Vec::new();
    for (service, hosted) in hosted.iter().enumerate() {
        for (position, operation) in hosted.host.operations().iter().enumerate() {
            if let Some(rest) = hosted.host.rest(position) {
                routes.push(Route { service, position, name: operation.name, rest });
            }
        }
    }
    routes.sort_by_key(|route| !route.rest.is_told_by_parameter());
    routes
}
