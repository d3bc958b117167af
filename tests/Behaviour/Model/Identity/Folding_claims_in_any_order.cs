using Cairn.Behaviour.Support;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support.Identity;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cairn.Behaviour.Model.Identity;

public class Folding_claims_in_any_order
{
    static readonly string[] Users = ["U1", "U2", "U3", "00000000-0000-4000-8000-000000000001", "ann@example.org"];
    static readonly string[] Devices = ["$device:D1", "$device:D2", "$device:00000000-0000-4000-8000-000000000002", "$device:U1"];
    static readonly string[] Anonymous = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000003", Devices[2], Devices[0], "guest"];

    [Theory]
    [InlineData(IdentityMode.Simplified)]
    [InlineData(IdentityMode.Original)]
    public void Agrees_with_the_oracle_whatever_the_delivery(IdentityMode mode) =>
        Prop.ForAll(Deliveries().ToArbitrary(), delivery => Assert.Equal(Told(new NaiveIdentity(mode, delivery.Claims)), Told(delivery.Fold(mode))))
            .Hold(this, 300, 30_000);

    [Theory]
    [InlineData(IdentityMode.Simplified)]
    [InlineData(IdentityMode.Original)]
    public void Names_the_person_among_its_own_ids(IdentityMode mode) =>
        Prop.ForAll(Deliveries().ToArbitrary(), delivery =>
        {
            var fold = delivery.Fold(mode);
            foreach (var id in Users.Concat(Devices).Concat(Anonymous))
            {
                if (fold.Find(id) is not { } person) continue;
                Assert.Equal(fold.PersonOf(id), person.Person);
                Assert.Contains(person.Ids, member => member.Id == id);
                Assert.All(person.Ids, member => Assert.Equal(person.Person, fold.PersonOf(member.Id)));
                Assert.Equal(person.Ids.Count, person.Ids.DistinctBy(member => member.Id).Count());
            }
        }).Hold(this, 300, 30_000);

    [Theory]
    [InlineData(IdentityMode.Simplified)]
    [InlineData(IdentityMode.Original)]
    public void Refuses_the_same_claims_whatever_the_delivery(IdentityMode mode) =>
        Prop.ForAll(Deliveries().ToArbitrary(), delivery =>
            Assert.Equal(Refused(new Delivery(delivery.Claims, delivery.Claims, 1).Fold(mode)), Refused(delivery.Fold(mode))))
            .Hold(this, 300, 30_000);

    /// <summary>Claims with their receipt, and one way they may reach a reader: shuffled, some twice, in batches of a size.</summary>
    sealed record Delivery(LinkClaim[] Claims, LinkClaim[] Arrived, int BatchSize)
    {
        public IdentityFold Fold(IdentityMode mode)
        {
            var fold = new IdentityFold(mode);
            foreach (var batch in Arrived.Chunk(BatchSize)) fold.Add(batch);
            return fold;
        }

        public override string ToString() => string.Join('\n', Claims.Select(claim => $"{claim.Order.ReceivedAtMs}.{claim.Order.Item.Index} {claim.Rule} {claim.Id} {claim.OtherId}"))
            + "\narrived " + string.Join(' ', Arrived.Select(claim => claim.Order.Item.Index)) + $" by {BatchSize}";
    }

    static Gen<Delivery> Deliveries() =>
        from claims in Gen.ListOf(Gen.Zip(Claim(), Gen.Choose(1, 12)))
        let placed = claims.Select((claim, index) => claim.Item1 with { Order = new(claim.Item2, new(1, 1, index)) }).ToArray()
        from shuffled in Gen.Shuffle(placed)
        from again in Gen.SubListOf(placed)
        from batchSize in Gen.Choose(1, 5)
        select new Delivery(placed, [.. shuffled, .. again], batchSize);

    static Gen<LinkClaim> Claim() =>
        from rule in Gen.Elements(Enum.GetValues<LinkRule>()[1..])
        from user in Gen.Elements(Users)
        from other in rule switch
        {
            LinkRule.MixpanelDeviceAndUser or LinkRule.AmplitudeDeviceAndUser or LinkRule.SegmentAnonymousAndUser => Gen.Elements(Devices),
            LinkRule.AmplitudeUnmap => Gen.Constant(""),
            LinkRule.AmplitudeUserMap => Gen.Elements(Users),
            LinkRule.MixpanelIdentify => Gen.Elements(Anonymous),
            LinkRule.ByHand or LinkRule.Undone => Gen.Elements([.. Users, .. Devices]),
            _ => Gen.Elements([.. Users, .. Devices, .. Anonymous]),
        }
        select new LinkClaim(default, rule, user, other);

    static IEnumerable<string> Told(NaiveIdentity oracle) => Questions().Select(ids => $"{Text(ids)} is {oracle.PersonOf(ids)}");

    static IEnumerable<string> Told(IdentityFold fold) => Questions().Select(ids => $"{Text(ids)} is {fold.PersonOf(ids)}");

    static IEnumerable<string> Refused(IdentityFold fold) =>
        Users.Concat(Devices).Concat(Anonymous).Distinct().SelectMany(id => fold.Find(id)?.Refusals.Select(refusal => $"{id}: {refusal.Claim.Order.Item.Index} {refusal.Claim.Rule} {refusal.Reason}") ?? []);

    static IEnumerable<SeenIds> Questions()
    {
        foreach (var user in Users.Concat(Anonymous)) yield return new(Dialect.Mixpanel, user, null, user, ReceiptOrder.First);
        foreach (var device in Devices)
        {
            yield return new(Dialect.Mixpanel, device, device["$device:".Length..], null, ReceiptOrder.First);
            for (var at = 0; at < 14; at++) yield return new(Dialect.Amplitude, device, device["$device:".Length..], null, ReceiptOrder.EndOf(at));
        }
    }

    static string Text(SeenIds ids) => $"{ids.Dialect} {ids.DistinctId} {ids.DeviceId} {ids.UserId} at {ids.Receipt.ReceivedAtMs}";
}
