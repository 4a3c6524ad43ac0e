/// The account itself: who the key belongs to, plan and limits, webhooks, exclusions.
extension AccountState {
    func answerMe(_ request: SandboxRequest) -> SandboxAnswer {
        let id = knobs.adminKey ? "1" : "4"
        return SandboxAnswer(
            200,
            [
                "user": [
                    "username": knobs.adminKey ? "admin" : "syncbot",
                    "firstName": knobs.adminKey ? "Admin" : "Sync",
                    "lastName": knobs.adminKey ? "User" : "Bot",
                    "email": knobs.adminKey ? "admin@sandbox.example" : "sync@sandbox.example",
                    "phone": "", "signature": nil,
                    "links": Self.links(
                        ["lists", "userGroup", "dealGroupTotals", "dealGroupUsers", "configs"],
                        under: "users/\(id)", request),
                    "id": .string(id),
                ]
            ])
    }

    func answerAccount() -> SandboxAnswer {
        guard knobs.adminKey else {
            return SandboxAnswer(
                403,
                Self.errors(
                    title: "Forbidden",
                    detail: "You do not have permission to view account settings.", status: 403))
        }
        var answer = SandboxAnswer(
            200,
            [
                "account": "sandbox.activehosted.com", "email": "owner@sandbox.example",
                "first_name": "Sandbox", "last_name": "Owner", "cname": "", "status": "active",
                "subscriber_limit": .integer(knobs.contactLimit),
                "subscriber_total": .integer(book.activeCount), "trial": false, "credits": nil,
                "branding": false,
            ])
        answer.headers.append(("Cache-Control", "private"))
        return answer
    }

    func answerGroupLimits(_ request: SandboxRequest) -> SandboxAnswer {
        SandboxAnswer(
            200,
            [
                "groupLimits": [
                    [
                        "groupid": "3", "limitMail": "0", "limitMailType": "month",
                        "limitContact": .string(String(knobs.contactLimit)), "limitList": "0",
                        "limitCampaign": "0", "limitCampaignType": "month", "limitAttachment": "0",
                        "limitUser": "0", "abuseratio": "4", "forceSenderInfo": "0",
                        "links": Self.links(["group"], under: "groupLimits/1", request),
                        "id": "1", "group": "3",
                    ]
                ],
                "meta": ["total": "1"],
            ])
    }

    func answerGroups() -> SandboxAnswer {
        SandboxAnswer(
            200,
            [
                "groups": [
                    [
                        "title": "Admin", "descript": "", "pgContactImport": "1",
                        "pgContactSync": "1", "pgContactAdd": "1", "pgContactEdit": "1",
                        "pgContactDelete": "1", "pgListAdd": "1", "pgTagManage": "1",
                        "pgContactFields": "1", "id": "3",
                    ]
                ],
                "meta": ["total": "1"],
            ])
    }

    func answerWebhooks() -> SandboxAnswer {
        SandboxAnswer(
            200,
            [
                "webhooks": .array(catalog.webhooks),
                "meta": ["total": .string(String(catalog.webhooks.count))],
            ])
    }

    /// Webhooks are kept and listed; the sandbox never calls them.
    mutating func createWebhook(_ json: JSONValue) -> SandboxAnswer {
        guard let hook = json["webhook"], case .object(var members) = hook, hook["url"] != nil
        else {
            return SandboxAnswer(
                422, Self.errors(title: "Missing attribute", pointer: "/data/attributes/url"))
        }
        let id = catalog.webhooks.count + 1
        members.append(.init(name: "id", value: .string(String(id))))
        catalog.webhooks.append(.object(members))
        return SandboxAnswer(201, ["webhook": .object(members)])
    }

    func answerExclusions(_ request: SandboxRequest) -> SandboxAnswer {
        Self.paged(
            Array(exclusions.entries.enumerated()), as: "exclusions", request
        ) { index, entry in
            [
                "matchPhrase": .string(entry.phrase), "matchType": .string(entry.match.rawValue),
                "channel": "email", "hidden": "0", "lists": [], "id": .string(String(index + 1)),
            ]
        }
    }
}
