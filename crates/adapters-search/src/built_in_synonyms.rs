use domain::article::Synonyms;

use crate::language::SearchLanguage;

/// Everyday support English, a group a line.
const ENGLISH: &str = "\
log in, login, sign in, signin, log on, logon
sign up, signup, register, create an account, open an account
log out, logout, sign out, signout
password, passphrase, passcode, pass word
email, mail
refund, money back, reimburse, reimbursement
cancel, cancellation, call off
terminate, unsubscribe, end my subscription, cancel my subscription
invoice, bill, receipt
pay, payment, charge
credit card, debit card, bank card
parcel, package, shipment
delivery, deliver, shipping, ship
broken, damaged, defective, faulty, smashed, cracked
delete, remove, erase
change, edit, update, modify, amend
phone, telephone, mobile
discount, voucher, coupon, promo code, discount code
two-factor, 2fa, two-step, authenticator
not working, doesn't work, does not work, stopped working, out of order
error, fault, bug
slow, sluggish, laggy
return, send back, give back
exchange, swap
lost, missing
guarantee, warranty
subscription, plan, membership
address, postcode, zip code
opening hours, business hours, office hours
abroad, overseas, international, foreign country";

/// The synonyms of a language that are used until others are set. So far there are some in English
/// only.
pub(crate) fn built_in_synonyms(language: SearchLanguage) -> Synonyms {
    if language != SearchLanguage::ENGLISH {
        return Synonyms::default();
    }
    let groups = ENGLISH
        .lines()
        .map(|line| line.split(", ").map(str::to_owned).collect());
    Synonyms::parse(groups.collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_has_synonyms_that_are_fit_to_be_set() {
        let synonyms = built_in_synonyms(SearchLanguage::ENGLISH);
        assert_eq!(synonyms.groups().len(), ENGLISH.lines().count());
    }
}
