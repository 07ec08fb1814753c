//! The quotas of one account: one for each model, endpoint, kind of profile and source Region, and the
//! tokens per day that all models of a Region share.

use serde::{Deserialize, Serialize};

use super::{Admission, Ledger, LedgerLimits, Room, Settled, Ticket};
use crate::{
    Catalog, Endpoint, Error, ErrorKind, LimitName, Tokens, WindowShape,
    target::{Target, Wanted},
};

/// What one quota is for. Quotas belong to the Region in which the API is called, wherever a request
/// may run then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scope {
    /// The Region in which the API is called.
    pub source_region: String,
    /// The base id of the model on Bedrock.
    pub model: String,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The kind of inference profile.
    pub profile: ProfileKind,
}

/// The kinds of inference profiles that have a quota each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileKind {
    /// None: the model is called in the Region itself ("on-demand").
    InRegion,
    /// A geographic one, such as `au` or `apac` ("cross-Region").
    Geographic,
    /// The global one ("global cross-Region").
    Global,
}

impl ProfileKind {
    /// The kind of a profile, given by its prefix.
    pub fn of(prefix: Option<&str>) -> Self {
        match prefix {
            None => Self::InRegion,
            Some("global") => Self::Global,
            Some(_) => Self::Geographic,
        }
    }
}

impl Scope {
    /// The scope of a model in any spelling; a profile id or ARN names profile and Region too.
    ///
    /// Errors: a model, profile or Region nobody knows, or no source Region.
    pub fn find(
        model: &str,
        source_region: Option<&str>,
        endpoint: Endpoint,
        catalog: &Catalog,
    ) -> Result<Self, Error> {
        let wanted = Wanted { model: Some(model), source_region, ..Wanted::default() };
        let target = Target::find(wanted, catalog)?;
        let no_region =
            || Error::new(ErrorKind::InvalidArgument, "a quota belongs to a source Region: name one");
        Ok(Self {
            source_region: target.source_region.ok_or_else(no_region)?,
            model: target.model.id.clone(),
            endpoint,
            profile: ProfileKind::of(target.profile.map(|profile| profile.prefix.as_str())),
        })
    }
}

/// All quotas of an account over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountLedger {
    quotas: Vec<(Scope, Ledger)>,
    /// By Region, ledgers of tokens per day and nothing else.
    days: Vec<(String, Ledger)>,
}

/// The right to send one request of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountTicket {
    /// Which of the quotas, in the order in which they were set.
    quota: usize,
    ticket: Ticket,
    /// The day of all models.
    day: Option<Ticket>,
}

impl AccountLedger {
    /// Sets the quota of a scope; one that was there is begun anew.
    ///
    /// Errors: those of [`Ledger::new`].
    pub fn set(&mut self, scope: Scope, limits: LedgerLimits) -> Result<(), Error> {
        put(&mut self.quotas, scope, Ledger::new(limits)?);
        Ok(())
    }

    /// Sets the tokens per day of all models that are called in a Region ("Cross-Model Max Tokens Per
    /// Day"). AWS estimates its tokens by price; here they are quota tokens, as everywhere.
    ///
    /// Errors: those of [`Ledger::new`].
    pub fn set_cross_model_tpd(
        &mut self,
        source_region: &str,
        tpd: u64,
        window: WindowShape,
    ) -> Result<(), Error> {
        let limits =
            LedgerLimits { tpd: Some(tpd), window, in_flight: Tokens::MAX.get(), ..LedgerLimits::default() };
        put(&mut self.days, source_region.to_owned(), Ledger::new(limits)?);
        Ok(())
    }

    /// The ledger of a scope.
    pub fn ledger(&self, scope: &Scope) -> Option<&Ledger> {
        self.quotas.iter().find(|(own, _)| own == scope).map(|(_, ledger)| ledger)
    }

    /// What is left of the day of all models in a Region, where one is set.
    pub fn cross_model_headroom(&self, now_ms: u64, source_region: &str) -> Option<Room> {
        let (_, day) = self.days.iter().find(|(region, _)| region == source_region)?;
        day.headroom(now_ms).into_iter().next().map(|room| Room { limit: LimitName::CrossModelTpd, ..room })
    }

    /// Admits a request if its charge fits the quota of its scope and the day of all models; see
    /// [`Ledger::reserve`].
    ///
    /// Errors: no quota was set for the scope.
    pub fn reserve(
        &mut self,
        now_ms: u64,
        scope: &Scope,
        charge: Tokens,
    ) -> Result<Admission<AccountTicket>, Error> {
        let mut quotas = self.quotas.iter_mut().zip(0..);
        let Some(((_, own), quota)) = quotas.find(|((own, _), _)| own == scope) else {
            let Scope { source_region, model, endpoint, profile } = scope;
            let message =
                format!("no quota was set for {model} ({endpoint:?}, {profile:?}) from {source_region}");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        };
        let day = self.days.iter_mut().find(|(region, _)| *region == scope.source_region);
        let mut day = day.map(|(_, day)| day);
        own.tick(now_ms);
        let by_quota = own.refusal(charge);
        let by_day = day.as_deref_mut().and_then(|day| {
            day.tick(now_ms);
            day.refusal(charge)
        });
        Ok(match (by_quota, by_day.map(Admission::cross_model)) {
            (None, None) => {
                let day = day.map(|day| day.admit(charge));
                Admission::Admit { ticket: AccountTicket { quota, ticket: own.admit(charge), day } }
            }
            (Some(refusal), None) | (None, Some(refusal)) => refusal,
            (Some(one), Some(other)) => {
                if one.until_ms() < other.until_ms() {
                    other
                } else {
                    one
                }
            }
        })
    }

    /// Closes a ticket with what its request counted finally; see [`Ledger::settle`].
    ///
    /// Errors: the ticket is not open.
    pub fn settle(
        &mut self,
        now_ms: u64,
        ticket: AccountTicket,
        settlement: Tokens,
    ) -> Result<Settled, Error> {
        self.close(ticket, |ledger, ticket| ledger.settle(now_ms, ticket, settlement))
    }

    /// Closes the ticket of a request that was not sent; see [`Ledger::release`].
    ///
    /// Errors: the ticket is not open.
    pub fn release(&mut self, now_ms: u64, ticket: AccountTicket) -> Result<Settled, Error> {
        self.close(ticket, |ledger, ticket| ledger.release(now_ms, ticket))
    }

    fn close(
        &mut self,
        ticket: AccountTicket,
        close: impl Fn(&mut Ledger, Ticket) -> Result<Settled, Error>,
    ) -> Result<Settled, Error> {
        let unknown = || Error::new(ErrorKind::UnknownTicket, "no quota has this ticket");
        let (scope, own) = self.quotas.get_mut(ticket.quota).ok_or_else(unknown)?;
        let settled = close(own, ticket.ticket)?;
        let day = self.days.iter_mut().find(|(region, _)| *region == scope.source_region);
        if let Some(((_, day), ticket)) = day.zip(ticket.day) {
            // A ticket of a day that was begun anew since counts there no more.
            let _ = close(day, ticket);
        }
        Ok(settled)
    }
}

impl<T> Admission<T> {
    /// The same of the day of all models.
    fn cross_model(self) -> Self {
        match self {
            Self::Wait { until_ms, .. } => Self::Wait { until_ms, limit: LimitName::CrossModelTpd },
            Self::Never { .. } => Self::Never { limit: LimitName::CrossModelTpd },
            admitted @ Self::Admit { .. } => admitted,
        }
    }

    const fn until_ms(&self) -> u64 {
        match self {
            Self::Admit { .. } => 0,
            Self::Wait { until_ms, .. } => *until_ms,
            Self::Never { .. } => u64::MAX,
        }
    }
}

/// Sets the ledger of a key. One in the place of another gives no ticket that the other gave.
fn put<K: PartialEq>(map: &mut Vec<(K, Ledger)>, key: K, ledger: Ledger) {
    match map.iter_mut().find(|(own, _)| *own == key) {
        Some((_, old)) => *old = Ledger { next_ticket: old.next_ticket, ..ledger },
        None => map.push((key, ledger)),
    }
}
