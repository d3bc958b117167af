using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Projects.Reports;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>Numbers that reach the stream, the disk, counters or a sender are for ever: a member may come, none may move or go.</summary>
public class Numbers_that_stay
{
    [Fact]
    public void Reject_reasons() => Assert.Equal(
        """
        None 0, MalformedJson 1, NotAnObject 2, InvalidUtf8 3, MissingData 4, WrongChecksum 5, BrokenBody 6,
        MissingName 10, NameTooLong 11, MissingProperties 12,
        MissingDistinctId 20, IdTooLong 21, IdTooShort 22, BlockedId 23,
        MissingTime 30, InvalidTime 31, TooOld 32, InFuture 33,
        MissingInsertId 40, InvalidInsertId 41,
        MissingToken 50, UnknownToken 51, InvalidCredentials 52,
        InvalidType 60, TooManyProperties 61, TooDeep 62, ValueTooLong 63, TooManyItems 64, RecordTooLarge 65, BodyTooLarge 66, InflatedTooLarge 67, MalformedGzip 68, BodyTooSlow 69,
        UnknownOperation 70, MissingGroupKey 71, MissingGroupId 72, IdentityEventNotAllowed 73,
        OptedOut 80, Suppressed 81, Blocked 82
        """.ReplaceLineEndings(" "), Numbers<RejectReason>());

    [Fact]
    public void Dialects() => Assert.Equal("Mixpanel 1, Amplitude 2, Segment 3", Numbers<Dialect>());

    [Fact]
    public void Kinds_of_items() => Assert.Equal("Event 1, ProfileUpdate 2, LinkClaim 3, GroupUpdate 4", Numbers<ItemKind>());

    [Fact]
    public void Identity_systems() => Assert.Equal("Simplified 1, Original 2", Numbers<IdentityMode>());

    [Fact]
    public void Kinds_of_saved_reports() => Assert.Equal("Segmentation 1, Funnels 2, Retention 3, Cohorts 4, Stickiness 5, Lifecycle 6, Sessions 7, Flows 8, Revenue 9, LifetimeValue 10, Composition 11", Numbers<ReportKind>());

    [Fact]
    public void Link_rules() => Assert.Equal(
        """
        None 0, MixpanelDeviceAndUser 1, MixpanelIdentify 2, MixpanelAlias 3, MixpanelMerge 4, AmplitudeDeviceAndUser 5, AmplitudeUserMap 6, AmplitudeUnmap 7,
        SegmentAnonymousAndUser 8, SegmentAlias 9, ByHand 10, Undone 11
        """.ReplaceLineEndings(" "), Numbers<LinkRule>());

    [Fact]
    public void Profile_operations() => Assert.Equal(
        "Set 1, SetOnce 2, Add 3, Append 4, Prepend 5, Union 6, UnionFirst 7, Remove 8, Unset 9, ClearAll 10, Delete 11, Merge 12", Numbers<ProfileOperation>());

    static string Numbers<TEnum>() where TEnum : struct, Enum =>
        string.Join(", ", Enum.GetValues<TEnum>().Select(member => $"{member} {Convert.ToInt32(member, System.Globalization.CultureInfo.InvariantCulture)}"));
}
