//! A register whose sources are broken.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use roster::{Id, ManualClock};
use sources::registry::{self, SourceContext};
use sources::{ConfigProblem, Source};

use super::Breakage;
use super::source::Broken;
use crate::kit::{Counterpart, Happening, Holdings, Line, People, Trouble};
use crate::ss12000::Register;

pub(super) struct Spoiled {
    sound: Register,
    how: Breakage,
    served: Arc<Mutex<BTreeSet<String>>>,
}

impl Spoiled {
    pub(super) fn new(how: Breakage) -> Self {
        Self { sound: Register::generic(), how, served: Arc::default() }
    }
}

#[async_trait]
impl Counterpart for Spoiled {
    fn kind(&self) -> &'static str {
        self.sound.kind()
    }

    fn table(&self) -> toml::Table {
        self.sound.table()
    }

    fn context(&self) -> SourceContext {
        self.sound.context()
    }

    fn build(&self, table: &toml::Table) -> Result<Arc<dyn Source>, ConfigProblem> {
        let mut table = table.clone();
        if self.how == Breakage::TakesAnyKey {
            table.remove("no_such_key");
        }
        let inner = registry::build(self.kind(), &table, &self.context())?;
        Ok(Arc::new(Broken::new(inner, self.how, Arc::clone(&self.served))))
    }

    fn clock(&self) -> &ManualClock {
        self.sound.clock()
    }

    async fn happens(&self, what: Happening) -> Id {
        self.sound.happens(what).await
    }

    fn holds(&self) -> Holdings {
        self.sound.holds()
    }

    fn people(&self) -> People {
        self.sound.people()
    }

    fn line(&self) -> Option<&Line> {
        self.sound.line()
    }

    fn suffers(&self, trouble: Trouble, pages: usize, times: usize) -> bool {
        if self.how == Breakage::NeverGetsANewToken && trouble == Trouble::TokenRevoked {
            return self.sound.suffers(Trouble::Status(401), pages, usize::MAX);
        }
        self.sound.suffers(trouble, pages, times)
    }

    fn complaints(&self) -> Vec<String> {
        if self.how == Breakage::AsksWrongly { vec!["limit must be at least 1".to_owned()] } else { Vec::new() }
    }
}
