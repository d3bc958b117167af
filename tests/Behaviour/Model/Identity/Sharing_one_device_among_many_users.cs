using System.Diagnostics;
using System.Globalization;
using Cairn.Model.Identity;
using Xunit;

namespace Cairn.Behaviour.Model.Identity;

/// <summary>Phones that forbid tracking all send the same device id of zeros; it must not tie their users together.</summary>
public class Sharing_one_device_among_many_users
{
    const int Users = 30_000;
    const string Zeros = "$device:00000000-0000-0000-0000-000000000000";

    [Fact]
    public void Costs_by_the_claim_and_not_by_the_crowd()
    {
        var apart = Take(n => string.Create(CultureInfo.InvariantCulture, $"$device:own-{n}"), out _);
        var together = Take(_ => Zeros, out var fold);

        Assert.Equal("user-0", fold.PersonOf(Zeros));
        Assert.Equal("user-29999", fold.PersonOf("$device:29999"));
        Assert.Equal(2, fold.Find("user-29999")!.Ids.Count);
        // Folding the crowd anew for every claim would take thousands of times longer; the margin is for a busy machine.
        Assert.True(together < 50 * apart, $"{Users * 2} claims took {together}, of people apart {apart}");
    }

    /// <summary>Each user appears with a device; and with one of their own, later and in batches, by a late claim.</summary>
    static TimeSpan Take(Func<int, string> device, out IdentityFold fold)
    {
        fold = new(IdentityMode.Simplified);
        var clock = Stopwatch.StartNew();
        foreach (var batch in Enumerable.Range(0, Users).Chunk(1000))
        {
            fold.Add(batch.Select(n => Claim(n * 10L, n, device(n))));
            fold.Add(batch.Select(n => Claim((n * 10L) - 5, n, string.Create(CultureInfo.InvariantCulture, $"$device:{n}"))));
        }
        return clock.Elapsed;
    }

    [Fact]
    public void Gives_the_device_to_the_next_user_when_the_first_is_undone()
    {
        var fold = new IdentityFold(IdentityMode.Simplified);
        fold.Add(Enumerable.Range(0, 1000).Select(n => Claim(n, n, Zeros)));
        fold.Add([new(new(5000, new(1, 2, 1)), LinkRule.Undone, "user-0", Zeros)]);
        Assert.Equal("user-1", fold.PersonOf(Zeros));
        fold.Add([new(new(6000, new(1, 2, 2)), LinkRule.ByHand, "user-0", Zeros)]);
        Assert.Equal("user-0", fold.PersonOf(Zeros));
        Assert.Equal("user-1", fold.PersonOf("user-1"));
    }

    [Fact]
    public void Shows_who_was_turned_down_on_either_side()
    {
        var fold = new IdentityFold(IdentityMode.Simplified);
        fold.Add(Enumerable.Range(0, 1000).Select(n => Claim(n, n, Zeros)));
        Assert.Equal(PersonIds.MaxRefusals, fold.Find(Zeros)!.Refusals.Count);
        var refusal = Assert.Single(fold.Find("user-500")!.Refusals);
        Assert.Equal(LinkRefusal.DeviceHasAnotherUser, refusal.Reason);
        Assert.Equal(Zeros, refusal.Claim.OtherId);
    }

    static LinkClaim Claim(long atMs, int user, string device) =>
        new(new(atMs, new(1, 1, user)), LinkRule.MixpanelDeviceAndUser, string.Create(CultureInfo.InvariantCulture, $"user-{user}"), device);
}
