"""What people call columns and values in the shipped languages, for suggestions: never to load."""

from __future__ import annotations

# canonical column of the plain door -> header names, compared without case, blanks and marks.
# English, French, German, Spanish, Italian; the likelier name stands first
HEADERS: dict[str, str] = {
    "contact_id": (
        "contact id, customer id, customer number, client id, user id, member id, subscriber id,"
        " kundennummer, kunden nr, kundennr, kunden id, kontakt id, debitor, debitorennummer,"
        " numéro client, n° client, no client, id client, code client, identifiant,"
        " número de cliente, id cliente, codigo cliente, codice cliente, numero cliente"
    ),
    "email": (
        "email, e-mail, email address, e-mail address, mail, e-mail-adresse, emailadresse,"
        " mailadresse, adresse e-mail, adresse mail, courriel, correo, correo electrónico,"
        " indirizzo email, indirizzo e-mail, posta elettronica"
    ),
    "first_name": "first name, given name, vorname, prénom, nombre, nome",
    "last_name": (
        "last name, surname, family name, nachname, familienname, name, nom, nom de famille,"
        " apellido, apellidos, cognome"
    ),
    "birth_date": (
        "birth date, date of birth, dob, birthday, geburtsdatum, geburtstag, geb datum,"
        " date de naissance, fecha de nacimiento, data di nascita"
    ),
    "gender": "gender, sex, geschlecht, anrede, sexe, civilité, género, sexo, sesso, genere",
    "city": "city, town, ort, stadt, wohnort, ville, ciudad, città",
    "region": "region, state, province, bundesland, région, département, provincia, regione",
    "country_code": (
        "country, country code, land, ländercode, pays, code pays, país,"
        " paese, nazione"
    ),
    "language": "language, sprache, langue, idioma, lingua",
    "profession": "profession, job title, beruf, métier, profesión, professione",
    "created_at": (
        "created at, created, creation date, date added, registered at, signup date, angelegt am,"
        " erstellt am, anlagedatum, date de création, créé le, date d'inscription,"
        " fecha de creación, fecha de alta, data di creazione"
    ),
    "updated_at": (
        "updated at, updated, last modified, modified at, geändert am, änderungsdatum,"
        " modifié le, date de modification, fecha de modificación, data di modifica"
    ),
    "email_consent": (
        "email consent, consent, newsletter, subscribed, subscription status, opt in, opt-in,"
        " optin, marketing consent, email marketing, accepts marketing, einwilligung, werbung,"
        " newsletter abo, newsletterstatus, consentement, abonné, inscrit newsletter, optin email,"
        " consentimiento, boletín, suscrito, consenso, iscritto, consenso marketing"
    ),
    "consent_at": (
        "consent at, consent date, optin date, opt-in date, einwilligung am, anmeldedatum,"
        " abmeldedatum, abmeldung, abgemeldet am, unsubscribed at, unsubscribe date,"
        " date de désinscription, date du consentement, fecha de consentimiento, fecha de baja,"
        " data consenso, data disiscrizione"
    ),
    "campaign_id": "campaign id, campaign, kampagne, kampagnen id, mailing id, campagne, campaña",
    "name": (
        "name, campaign name, product name, bezeichnung, artikelbezeichnung,"
        " titel, nom, libellé"
    ),
    "subject": "subject, subject line, betreff, objet, asunto, oggetto",
    "campaign_type": "campaign type, type, typ, kampagnentyp, tipo",
    "sent_at": (
        "sent at, send date, sent, gesendet am, versanddatum, envoyé le,"
        " enviado, inviato il"
    ),
    "event_type": "event type, event, ereignis, aktion, type, événement, evento, acción",
    "occurred_at": (
        "occurred at, event time, event date, timestamp, date, time, datum, zeitpunkt, zeit,"
        " date de l'événement, horodatage, fecha, data"
    ),
    "order_id": (
        "order id, order number, order, order no, bestellnummer, auftragsnummer,"
        " auftrag, belegnummer,"
        " beleg nr, rechnungsnummer, numéro de commande, n° commande, commande, número de pedido,"
        " pedido, numero ordine, ordine"
    ),
    "ordered_at": (
        "ordered at, order date, date, bestelldatum, auftragsdatum, belegdatum,"
        " rechnungsdatum, datum,"
        " date de commande, fecha de pedido, fecha, data ordine, data"
    ),
    "status": "status, order status, auftragsstatus, zahlungsstatus, statut, état, estado, stato",
    "currency": "currency, währung, devise, moneda, valuta",
    "net_amount": (
        "net amount, net, amount, total, subtotal, netto, nettobetrag, betrag, summe, umsatz,"
        " montant, montant ht, total ht, importe, importe neto, importo, totale, importo netto"
    ),
    "refunded_amount": (
        "refunded amount, refund, erstattung, gutschrift, remboursé,"
        " reembolso, rimborso"
    ),
    "is_test": "is test, test, testbestellung",
    "line_number": "line number, line, position, pos, ligne, línea, riga",
    "product_id": (
        "product id, product, sku, article, item number, artikelnummer, artikel nr, artikel,"
        " référence, référence produit, referencia, codice articolo, articolo"
    ),
    "quantity": "quantity, qty, menge, anzahl, quantité, cantidad, quantità",
    "unit_price": "unit price, price, einzelpreis, preis, prix unitaire, precio unitario, prezzo",
    "line_amount": "line amount, line total, positionsbetrag, gesamtpreis, montant ligne",
    "category": (
        "category, product category, warengruppe, kategorie, catégorie,"
        " categoría, categoria"
    ),
    "list_price": "list price, price, listenpreis, preis, prix, precio, prezzo di listino",
    "is_active": "is active, active, aktiv, actif, activo, attivo",
    "session_id": "session id, session, sitzung",
    "started_at": "started at, session start, start, beginn, début, inicio, inizio",
    "ended_at": "ended at, session end, end, ende, fin, fine",
    "page_views": "page views, pageviews, seitenaufrufe, pages vues",
    "event_name": "event name, event, ereignis",
    "url": "url, link, adresse",
}  # fmt: skip

# column -> its word -> what people write for it, lower case
WORDS: dict[str, dict[str, str]] = {
    "email_consent": {
        "subscribed": (
            "subscribed, yes, y, true, 1, opt-in, opted in, ja, j, angemeldet, abonniert, oui,"
            " inscrit, abonné, sí, si, suscrito, sì, iscritto"
        ),
        "unsubscribed": (
            "unsubscribed, no, n, false, 0, opt-out, opted out, nein, abgemeldet, abbestellt,"
            " widerrufen, non, désinscrit, désabonné, dado de baja, baja, disiscritto,"
            " not subscribed, nicht angemeldet, nicht abonniert, non inscrit, non abonné"
        ),
        "pending": "pending, unconfirmed, ausstehend, en attente, pendiente, in attesa",
        "never_subscribed": "never subscribed, nie angemeldet, jamais inscrit",
    },
    "event_type": {
        "sent": "sent, send, gesendet, versendet, envoyé, enviado, inviato",
        "delivered": "delivered, zugestellt, délivré, entregado, consegnato",
        "open": "open, opened, geöffnet, öffnung, ouvert, ouverture, abierto, apertura, aperto",
        "click": "click, clicked, geklickt, klick, cliqué, clic, cliccato",
        "bounce_hard": "hard bounce, hardbounce, hard_bounce, bounce_hard",
        "bounce_soft": "soft bounce, softbounce, soft_bounce, bounce_soft",
        "unsubscribe": (
            "unsubscribe, unsubscribed, abmeldung, abgemeldet, désinscription, désabonnement, baja,"
            " disiscrizione"
        ),
        "complaint": "complaint, spam, spam complaint, beschwerde, plainte, queja, reclamo",
        "subscribe": "subscribe, subscribed, anmeldung, inscription, alta, iscrizione",
    },
    "status": {
        "paid": "paid, complete, completed, bezahlt, abgeschlossen, payé, payée, pagado, pagato",
        "pending": "pending, open, offen, in bearbeitung, en attente, pendiente, in attesa",
        "refunded": "refunded, erstattet, remboursé, reembolsado, rimborsato",
        "partially_refunded": "partially refunded, teilweise erstattet, partiellement remboursé",
        "cancelled": "cancelled, canceled, storniert, annulé, annulée, cancelado, annullato",
    },
}  # fmt: skip

# table -> parts of the file names that people give such exports
FILE_NAMES: dict[str, tuple[str, ...]] = {
    "contacts": ("contact", "kontakt", "kunden", "client", "customer", "abonn", "subscr"),
    "orders": ("order", "bestell", "auftr", "command", "pedido", "ordin"),
    "order_items": ("position", "item", "ligne"),
    "products": ("produ", "artikel", "articl", "articol"),
    "email_events": ("event", "ereignis"),
    "campaigns": ("campa", "kampagne", "mailing"),
}
