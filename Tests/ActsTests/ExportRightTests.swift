import Access
import Testing

@testable import Acts

struct ExportRightTests {
    @Test(arguments: [
        (Role.administrator, Audience?.none, false, ExportRight.change),
        (.administrator, .administrators, true, .change),
        (.administrator, .contributors, true, .change),
        (.contributor, nil, false, .change),
        (.contributor, .contributors, true, .change),
        (.contributor, .administrators, true, .view),
        // A connection of which nothing is known is not shared.
        (.contributor, nil, true, .view),
        (.viewer, nil, false, .view),
        (.viewer, .contributors, true, .view),
        (.viewer, .administrators, true, .view),
    ])
    func `the right over an export follows the role and the sharing of its connection`(
        role: Role, audience: Audience?, hasConnection: Bool, right: ExportRight
    ) {
        #expect(
            ExportRight.of(role, connectionAudience: audience, hasConnection: hasConnection)
                == right)
    }
}
