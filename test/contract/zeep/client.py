"""A SOAP client that zeep builds from a published WSDL goes through every operation of the simulator.

Reads one JSON object from standard input (wsdl, endpoint, dialect, login, password, webapiKey) and prints
another: what each call came to, the drained journal, and the forms, with names in camelCase in both dialects.
"""

import json
import re
import sys
from pathlib import Path

from zeep import Client, xsd
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.transports import Transport

ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"


class OfflineTransport(Transport):
    """The RPC description imports the encoding schema, which has to come from here: there is no network."""

    def load(self, url):
        return super().load(str(Path(__file__).with_name("soap-encoding.xsd")) if url == ENCODING else url)


class Marketplace:
    def __init__(self, job):
        self.rpc = job["dialect"] == "rpc"
        self.client = Client(job["wsdl"], transport=OfflineTransport())
        binding = next(iter(self.client.wsdl.bindings))
        self.namespace = re.match(r"{(.*)}", binding)[1]
        self.service = self.client.create_service(binding, job["endpoint"])
        self.outcomes = {}

    def spell(self, name):
        return re.sub("[A-Z]", lambda capital: "-" + capital[0].lower(), name) if self.rpc else name

    def call(self, operation, **values):
        """The reply in camelCase; None for a fault, whose code goes into the outcomes."""
        arguments = {self.spell(name): self.prepare(value) for name, value in values.items()}
        if self.rpc:
            # No part is optional in this dialect: what is not given is sent as nil.
            parts = self.service._binding.get(operation).input.body.type.elements
            arguments = {**{name: xsd.Nil for name, _ in parts}, **arguments}
        try:
            reply = getattr(self.service, operation)(**arguments)
        except Fault as fault:
            self.outcomes[operation] = fault.code
            return None
        self.outcomes[operation] = "ok"
        return camel(serialize_object(reply, dict))

    def prepare(self, value):
        """Lists come as (type name, items)."""
        if not isinstance(value, tuple):
            return value
        kind, items = value
        if not self.rpc:
            return {"item": items}
        if kind == "long":
            item = xsd.Element("item", xsd.Long())
            return [xsd.AnyObject(item, one) for one in items]
        item = xsd.Element("item", self.client.get_type("{%s}%s" % (self.namespace, kind)))
        return [xsd.AnyObject(item, {self.spell(name): part for name, part in one.items()}) for one in items]


def camel(value):
    if isinstance(value, dict):
        return {re.sub("-(.)", lambda m: m[1].upper(), name): camel(part) for name, part in value.items()}
    return [camel(part) for part in value] if isinstance(value, list) else value


def rows(reply):
    """A list, however zeep wraps one in this dialect."""
    return (reply["item"] if isinstance(reply, dict) else reply) or []


def drain(market, session):
    events = []
    while True:
        start = events[-1]["dealEventId"] if events else 0
        page = rows(market.call("doGetSiteJournalDeals", sessionId=session, journalStart=start))
        events += page
        if len(page) < 100:
            return events


def log_in(market, job):
    country = {"countryCode": 1, "webapiKey": job["webapiKey"]}
    key = {"countryId": 1, "webapiKey": job["webapiKey"]}
    status = market.call("doQuerySysStatus", sysvar=4, **key)
    for operation in ("doQueryAllSysStatus", "doGetSystemTime", "doGetShipmentData"):
        market.call(operation, **key)
    market.call("doGetCountries", **country)
    market.call("doGetUserID", userLogin=job["login"], **key)
    market.call("doLoginWithAccessToken", accessToken="nobody's", **country)
    login = {"userLogin": job["login"], **country, "localVersion": status["verKey"]}
    market.call("doLoginEnc", userHashPassword="wrong", **login)
    return market.call("doLogin", userPassword=job["password"], **login)["sessionHandlePart"]


def read(market, session, events):
    filled = next(event for event in events if event["dealEventType"] == 2)
    offer, buyer = filled["dealItemId"], filled["dealBuyerId"]
    offers = ("long", [offer])
    market.call("doGetSiteJournalDealsInfo", sessionId=session, journalStart=0)
    market.call("doGetSiteJournal", sessionHandle=session, startingPoint=0, infoType=0)
    market.call("doGetSiteJournalInfo", sessionHandle=session, startingPoint=0, infoType=1)
    market.call("doGetDeals", sessionHandle=session, itemId=offer, buyerId=buyer)
    market.call("doGetTransactionsIDs", sessionHandle=session, itemsIdArray=offers, userRole="seller",
                shipmentIdArray=("long", []))
    market.call("doGetFilledPostBuyForms", sessionId=session, paymentType=7, userRole=1,
                fillingTimeFrom=0, fillingTimeTo=2**62)
    market.call("doGetPostBuyData", sessionHandle=session, itemsArray=offers)
    market.call("doGetMyIncomingPayments", sessionHandle=session)
    market.call("doGetPaymentMethods", sessionId=session, itemIds=offers)
    for operation in ("doGetMySellItems", "doGetMySoldItems", "doGetMyNotSoldItems"):
        market.call(operation, sessionId=session)
    market.call("doGetItemsInfo", sessionHandle=session, itemsIdArray=offers, getDesc=1, getPostageOptions=1)
    if not market.rpc:
        market.call("doGetPostBuyFormsIds", sessionId=session, resultSize=10,
                    filterOptions={"item": [{"filterId": "userRole", "filterValueId": {"item": ["seller"]}}]})
    ids = sorted({event["dealTransactionId"] for event in events} - {0})
    forms = rows(market.call("doGetPostBuyFormsDataForSellers", sessionId=session,
                             transactionsIdsArray=("long", ids[:25])))
    return filled, forms


def change(market, session, filled):
    offer = filled["dealItemId"]
    price = {"newStartingPrice": 0, "newReservePrice": 0, "newBuyNowPrice": 12.5}
    parcels = ("PackageInfoStruct", [{"operatorId": 6, "packageId": "TEST0001PL"}])
    market.call("doChangeQuantityItem", sessionHandle=session, itemId=offer, newItemQuantity=990)
    market.call("doChangePriceItem", sessionHandle=session, itemId=offer, **price)
    market.call("doAddPackageInfoToPostBuyForm", sessionId=session, transactionId=filled["dealTransactionId"],
                packageInfo=parcels)
    ending = {"finishItemId": offer, "finishCancelAllBids": 0, "finishCancelReason": ""}
    market.call("doFinishItems", sessionHandle=session, finishItemsList=("FinishItemsStruct", [ending]))


def main():
    job = json.load(sys.stdin)
    market = Marketplace(job)
    session = log_in(market, job)
    events = drain(market, session)
    filled, forms = read(market, session, events)
    change(market, session, filled)
    result = {"outcomes": market.outcomes, "events": events, "forms": forms}
    json.dump(result, sys.stdout, default=str)


main()
