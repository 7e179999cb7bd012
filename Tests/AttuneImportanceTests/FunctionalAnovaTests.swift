import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Foundation
import Testing

@testable import AttuneImportance

@Suite struct FunctionalAnovaTests {
  @Test(arguments: [UInt64(1), 2]) func sharesAreThoseOfTheFunction(seed: UInt64) throws {
    let history = try Trials.history(Additive.space(), count: 1000, seed: seed, Additive.value)
    let importance = try FunctionalAnova(history).importance()
    let exact = try Additive.exactShares()
    for (share, exact) in zip(importance.shares, exact) {
      #expect(abs(share.share - exact) <= 0.03, "seed \(seed): \(share) is not \(exact)")
    }
    #expect((importance.explained ?? 0) > 0.9)
    #expect(importance.remarks.isEmpty && importance.trials == 1000)
  }
}
