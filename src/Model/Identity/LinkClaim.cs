namespace Cairn.Model.Identity;

/// <summary>One sender's claim that two ids are one person; the fold decides what becomes of it.</summary>
/// <param name="Order">Its place in the fold; an item id counts once.</param>
/// <param name="Rule">Whose rule decides, and so what the two ids are: see <see cref="LinkRule"/>.</param>
/// <param name="Id">The claim's <c>DistinctId</c>.</param>
/// <param name="OtherId">The claim's <c>OtherId</c>; empty for <see cref="LinkRule.AmplitudeUnmap"/>.</param>
public readonly record struct LinkClaim(ReceiptOrder Order, LinkRule Rule, string Id, string OtherId);
