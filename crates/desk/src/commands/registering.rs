//! Which commands Discord was told: by a hash, so that it is told again only when they change.

use crate::DeskError;
use crate::inner::Shared;
use crate::store::commands;

impl Shared {
    /// The hash of what Discord was told for this scope.
    pub async fn registered_commands(&self, scope: &str) -> Result<Option<String>, DeskError> {
        commands::registered(&self.db, scope).await
    }

    /// Remembers what Discord was told.
    pub async fn remember_registered_commands(
        &self,
        scope: &str,
        hash: &str,
    ) -> Result<(), DeskError> {
        commands::remember_registered(&self.db, scope, hash).await
    }
}
