import Access
import Testing

@testable import Acts

/// Every act and what it needs: the one table of it, beside the one of routes. A new act is a new line.
enum ActMatrix {
    static let table: [(act: any Act.Type, needs: Permission)] = [
        // Account
        (ShowMe.self, .useAPI),
        (SetPassword.self, .manageOwnAccount),
        (SetLanguage.self, .manageOwnAccount),
        (ListSessions.self, .manageOwnAccount),
        (EndSession.self, .manageOwnAccount),
        (EndOtherSessions.self, .manageOwnAccount),
        (SignOut.self, .manageOwnAccount),
        (InviteFirstAdministrator.self, .manageUsers),
        (ListTokens.self, .useAPI),
        (AddToken.self, .useAPI),
        (RevokeToken.self, .useAPI),
        // Audit
        (ListAudit.self, .readAudit),
        (ShowAuditWords.self, .readAudit),
        // Connections
        (ListConnections.self, .changeExports),
        (ShowConnection.self, .changeExports),
        (RemoveConnection.self, .manageConnections),
        (CheckConnection.self, .manageConnections),
        (EndTransfer.self, .manageConnections),
        (ListAccountLists.self, .changeExports),
        (ListAccountFields.self, .changeExports),
        (CheckAccount.self, .manageConnections),
        (AddConnection.self, .manageConnections),
        (ChangeConnection.self, .manageConnections),
        // Exports
        (ListExports.self, .readExports),
        (ShowExport.self, .readExports),
        (AddExport.self, .changeExports),
        (ChangeExport.self, .changeExports),
        (RemoveExport.self, .changeExports),
        (DetachExport.self, .changeExports),
        // Imports
        (ListImports.self, .importProfiles),
        (ShowImport.self, .importProfiles),
        (AddImport.self, .importProfiles),
        (ChooseReading.self, .importProfiles),
        (StartImport.self, .importProfiles),
        (CancelImport.self, .importProfiles),
        // Notifications
        (ShowNotificationSettings.self, .manageNotifications),
        (SetNotificationSettings.self, .manageNotifications),
        (TestNotifications.self, .manageNotifications),
        (ListNotifications.self, .manageNotifications),
        // People
        (ShowPerson.self, .readPeople),
        // Profiles
        (ListProfiles.self, .readCustomers),
        (ShowProfile.self, .readCustomers),
        (ShowSearchIndex.self, .readCustomers),
        (ChooseSearchable.self, .manageSearch),
        // Refreshes
        (ListRefreshes.self, .readRefreshes),
        (ShowRefresh.self, .readRefreshes),
        (StartRefresh.self, .startRefresh),
        (CancelRefresh.self, .startRefresh),
        // Rehearsals
        (StartRehearsal.self, .readExports),
        (ShowRehearsal.self, .readExports),
        (CancelRehearsal.self, .readExports),
        // Runs
        (StartRun.self, .runExports),
        (StartAllRuns.self, .runExports),
        (ListRuns.self, .readRuns),
        (ShowRun.self, .readRuns),
        (ListRunPeople.self, .readPeople),
        (ListRunCalls.self, .readRuns),
        (ListInterruptedRuns.self, .readRuns),
        (ApproveRun.self, .runExports),
        (DismissRun.self, .runExports),
        (StopRun.self, .runExports),
        // Schedules
        (ShowSchedule.self, .readRefreshes),
        (SetSchedule.self, .changeSchedule),
        // Segments
        (ListAttributes.self, .readSegments),
        (ListFrequentValues.self, .readCustomers),
        (CountRule.self, .readSegments),
        (ListSegments.self, .readSegments),
        (ShowSegment.self, .readSegments),
        (ListSegmentSizes.self, .readSegments),
        (ListMembers.self, .readCustomers),
        (AddSegment.self, .changeSegments),
        (ChangeSegment.self, .changeSegments),
        (DuplicateSegment.self, .changeSegments),
        (EvaluateSegment.self, .changeSegments),
        (RemoveSegment.self, .changeSegments),
        (AddSegmentToExport.self, .changeExports),
        // Sources
        (ListSources.self, .importProfiles),
        (ShowSource.self, .importProfiles),
        (AddSource.self, .importProfiles),
        (ChangeSource.self, .importProfiles),
        (RemoveSource.self, .importProfiles),
        (ImportSource.self, .importProfiles),
        // Usage
        (ShowUsage.self, .readUsage),
        // Users
        (ListUsers.self, .manageUsers),
        (ShowUser.self, .manageUsers),
        (AddUser.self, .manageUsers),
        (ChangeUser.self, .manageUsers),
        (InviteUser.self, .manageUsers),
    ]
}

struct ActMatrixTests {
    @Test func `every act needs what the table says`() {
        for row in ActMatrix.table {
            #expect(row.act.needs == row.needs, "\(row.act)")
        }
    }
}
