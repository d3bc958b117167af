using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support.Identity;
using Cairn.Support.Profiles;
using Xunit;

namespace Cairn.Behaviour.Storage.Profiles;

public class Reading_profiles
{
    readonly RecentStory rows = new();
    readonly PersonDirectory persons;
    readonly ProfileDirectory profiles;

    public Reading_profiles()
    {
        persons = new(rows);
        profiles = new(rows);
    }

    /// <summary>The worked example of Amplitude's docs, "User properties and events".</summary>
    [Fact]
    public async Task Gives_each_event_what_was_known_at_its_receipt()
    {
        var a = rows.Event();
        rows.Update(Dialect.Amplitude, """{"set": {"plan": "free"}}""", user: "ann");
        var b = rows.Event();
        rows.Update(Dialect.Amplitude, """{"set": {"plan": "pro"}}""", user: "ann");
        var c = rows.Event();
        Assert.Equal("nobody", await AsOf(new(Dialect.Amplitude, "ann", null, "ann", a)));
        Assert.Equal("""{"plan":"free"}""", await AsOf(new(Dialect.Amplitude, "ann", null, "ann", b)));
        Assert.Equal("""{"plan":"pro"}""", await AsOf(new(Dialect.Amplitude, "ann", null, "ann", c)));
        Assert.Equal("""{"plan":"pro"}""", await Current("ann"));
    }

    [Fact]
    public async Task Joins_an_anonymous_profile_of_Amplitude_once_its_user_is_known()
    {
        rows.Update(Dialect.Amplitude, """{"set": {"source": "ad", "plan": "none"}}""", device: "A");
        var before = rows.Event();
        rows.Update(Dialect.Amplitude, """{"set": {"plan": "pro"}}""", user: "ann");
        rows.Claim(LinkRule.AmplitudeDeviceAndUser, "ann", "$device:A");
        var after = rows.Event();
        Assert.Equal("""{"plan":"none","source":"ad"}""", await AsOf(new(Dialect.Amplitude, "$device:A", "A", null, before)));
        Assert.Equal("""{"plan":"pro","source":"ad"}""", await AsOf(new(Dialect.Amplitude, "$device:A", "A", null, after)));
        Assert.Equal("""{"plan":"pro","source":"ad"}""", await Current("ann"));
        Assert.Equal(["ann"], (await MapAsync()).Persons);
    }

    [Fact]
    public async Task Gives_the_updates_of_a_shared_device_to_who_was_on_it()
    {
        rows.Claim(LinkRule.AmplitudeDeviceAndUser, "ann", "$device:A");
        rows.Update(Dialect.Amplitude, """{"add": {"n": 1}}""", device: "A");
        var anns = rows.Event();
        rows.Claim(LinkRule.AmplitudeDeviceAndUser, "bob", "$device:A");
        rows.Update(Dialect.Amplitude, """{"add": {"n": 10}}""", device: "A");
        var bobs = rows.Event();
        Assert.Equal("""{"n":1}""", await Current("ann"));
        Assert.Equal("""{"n":10}""", await Current("bob"));
        Assert.Equal("""{"n":1}""", await AsOf(new(Dialect.Amplitude, "$device:A", "A", null, anns)));
        Assert.Equal("""{"n":10}""", await AsOf(new(Dialect.Amplitude, "$device:A", "A", null, bobs)));
        Assert.Equal(["ann", "bob"], (await MapAsync()).Persons.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Hides_a_simplified_device_profile_from_before_the_link()
    {
        rows.Update(Dialect.Mixpanel, """{"set": {"a": 1}}""", device: "D1");
        Assert.Equal("""{"a":1}""", await Current("$device:D1"));
        rows.Claim(LinkRule.MixpanelDeviceAndUser, "u1", "$device:D1");
        Assert.Equal("nobody", await Current("u1"));
        Assert.Empty((await MapAsync()).Persons);
        rows.Update(Dialect.Mixpanel, """{"set": {"b": 2}}""", device: "D1");
        Assert.Equal("""{"b":2}""", await Current("u1"));
        Assert.Equal(["u1"], (await MapAsync()).Persons);
    }

    [Fact]
    public async Task Takes_a_linked_device_without_its_prefix_for_its_user()
    {
        rows.Claim(LinkRule.MixpanelDeviceAndUser, "u1", "$device:D1");
        rows.Update(Dialect.Mixpanel, """{"set": {"b": 2}}""", distinct: "D1");
        Assert.Equal("""{"b":2}""", await Current("u1"));
        Assert.Equal(["u1"], (await MapAsync()).Persons);
    }

    [Fact]
    public async Task Combines_the_profiles_of_an_original_cluster_by_receipt()
    {
        rows.Update(Dialect.Mixpanel, """{"set": {"plan": "a", "x": 1}, "add": {"n": 1}}""", distinct: "u1");
        rows.Update(Dialect.Mixpanel, """{"set": {"plan": "b"}, "add": {"n": 1}}""", distinct: "u2");
        rows.Claim(LinkRule.MixpanelMerge, "u1", "u2");
        Assert.Equal("""{"n":2,"plan":"b","x":1}""", await Current("u1", IdentityMode.Original));
        Assert.Equal("""{"n":1,"plan":"a","x":1}""", await Current("u1", IdentityMode.Simplified));
    }

    [Fact]
    public async Task Keeps_the_profiles_of_mapped_users_apart()
    {
        rows.Update(Dialect.Amplitude, """{"set": {"plan": "a"}}""", user: "old");
        rows.Update(Dialect.Amplitude, """{"set": {"plan": "b"}}""", user: "new");
        rows.Claim(LinkRule.AmplitudeUserMap, "old", "new");
        var after = rows.Event();
        Assert.Equal("""{"plan":"b"}""", await Current("new"));
        Assert.Equal("""{"plan":"a"}""", await AsOf(new(Dialect.Amplitude, "old", null, "old", after)));
        Assert.Equal(["new"], (await MapAsync()).Persons);
    }

    [Fact]
    public async Task Takes_files_in_any_order_and_each_only_once()
    {
        rows.Update(Dialect.Mixpanel, """{"set": {"plan": "a"}, "add": {"n": 1}}""", distinct: "u1");
        Assert.Equal("""{"n":1,"plan":"a"}""", await Current("u1"));
        rows.Update(Dialect.Mixpanel, """{"set": {"plan": "b"}, "add": {"n": 1}}""", distinct: "u1");
        rows.Update(Dialect.Mixpanel, """{"set_once": {"plan": "c"}, "add": {"n": 1}}""", distinct: "u1");
        rows.Reverse(RowLayout.ProfileUpdates);
        Assert.Equal("""{"n":3,"plan":"b"}""", await Current("u1"));
        Assert.Same(await MapAsync(), await MapAsync());
    }

    [Fact]
    public async Task Takes_a_row_back_that_turned_out_to_be_a_duplicate()
    {
        rows.Update(Dialect.Mixpanel, """{"add": {"n": 1}}""", distinct: "u1");
        rows.Update(Dialect.Mixpanel, """{"add": {"n": 1}}""", distinct: "u1");
        Assert.Equal("""{"n":2}""", await Current("u1"));
        rows.TakeOut(RowLayout.ProfileUpdates, 1);
        Assert.Equal("""{"n":1}""", await Current("u1"));
    }

    [Fact]
    public async Task Keeps_a_row_that_counts_in_another_file_now()
    {
        rows.Update(Dialect.Mixpanel, """{"add": {"n": 1}}""", distinct: "u1");
        rows.Update(Dialect.Mixpanel, """{"add": {"n": 10}}""", distinct: "u1");
        Assert.Equal("""{"n":11}""", await Current("u1"));
        rows.Move(RowLayout.ProfileUpdates, 1);
        Assert.Equal("""{"n":11}""", await Current("u1"));
    }

    [Fact]
    public async Task Names_all_properties_that_anybody_has()
    {
        rows.Update(Dialect.Mixpanel, """{"set": {"b": 1, "a": 1}}""", distinct: "u1");
        rows.Update(Dialect.Mixpanel, """{"set": {"c": 1}, "unset": ["d"]}""", distinct: "u2");
        Assert.Equal(["a", "b", "c"], (await MapAsync()).PropertyNames);
    }

    [Fact]
    public async Task Knows_groups_now_and_then()
    {
        rows.GroupUpdate("company", "acme", """{"set": {"tier": 1}}""");
        var between = rows.Event();
        rows.GroupUpdate("company", "acme", """{"set": {"tier": 2}}""");
        var groups = await profiles.ReadGroupsAsync(RecentStory.ProjectId, CancellationToken.None);
        Assert.Equal([("company", "acme")], groups.Groups);
        Assert.Equal("""{"tier":2}""", UpdateStory.Text(groups.Current("company", "acme")));
        Assert.Equal("""{"tier":1}""", UpdateStory.Text(groups.AsOf("company", "acme", between)));
        Assert.Null(groups.Current("company", "other"));
    }

    async Task<string> Current(string person, IdentityMode mode = IdentityMode.Simplified) => UpdateStory.Text((await MapAsync(mode)).Current(person));

    async Task<string> AsOf(SeenIds ids) => UpdateStory.Text((await MapAsync()).AsOf(ids));

    async Task<IProfileMap> MapAsync(IdentityMode mode = IdentityMode.Simplified)
    {
        var map = await persons.ReadAsync(RecentStory.ProjectId, mode, CancellationToken.None);
        return await profiles.ReadAsync(RecentStory.ProjectId, map, CancellationToken.None);
    }
}
