using Cairn.Model.Identity;
using Cairn.Projects.Keys;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Projects.Keys;

public class Keeping_projects
{
    readonly SomeKeys _app = new();

    [Fact]
    public async Task A_new_project_has_a_number_for_an_id_and_sensible_defaults()
    {
        var project = await _app.ProjectAsync("Shop");

        Assert.Matches("^[1-9][0-9]{8}$", project.Id);
        Assert.Equal(("Shop", "UTC", Retention.ForEver, IdentityMode.Simplified), (project.Name, project.TimeZone, project.Retention, project.IdentityMode));
        Assert.Empty(project.GroupKeys);
        Assert.Equal(_app.Clock.GetUtcNow(), project.CreatedAt);
    }

    [Fact]
    public async Task Settings_read_back_as_they_were_set()
    {
        var change = new ProjectChange("Ü & 🙂", "Asia/Kathmandu", new Retention(90), IdentityMode.Original, ["company", "team id"]);
        var project = await _app.Projects.CreateAsync(change, default);

        var found = (await _app.Projects.FindAsync(project.Id, default))!;

        Assert.Equal(project with { GroupKeys = found.GroupKeys }, found);
        Assert.Equal(["company", "team id"], found.GroupKeys);
        Assert.Equal(new Retention(90), found.Retention);
    }

    [Fact]
    public async Task A_change_leaves_what_it_does_not_name_and_can_undo_a_retention()
    {
        var project = await _app.Projects.CreateAsync(new ProjectChange("Shop", "Europe/Berlin", new Retention(30)), default);

        await _app.Projects.ChangeAsync(project.Id, new ProjectChange(Name: "Store"), default);
        var changed = (await _app.Projects.ChangeAsync(project.Id, new ProjectChange(Retention: Retention.ForEver), default))!;

        Assert.Equal(("Store", "Europe/Berlin", null), (changed.Name, changed.TimeZone, changed.Retention.Days));
        Assert.Null((await _app.Projects.FindAsync(project.Id, default))!.Retention.Days);
    }

    [Fact]
    public async Task Changes_made_at_once_all_happen()
    {
        var project = await _app.ProjectAsync();

        await Task.WhenAll(
            _app.Projects.ChangeAsync(project.Id, new ProjectChange(Name: "Store"), default),
            _app.Projects.ChangeAsync(project.Id, new ProjectChange(TimeZone: "Asia/Tokyo"), default),
            _app.Projects.ChangeAsync(project.Id, new ProjectChange(GroupKeys: ["company"]), default));

        var found = (await _app.Projects.FindAsync(project.Id, default))!;
        Assert.Equal(("Store", "Asia/Tokyo", 1), (found.Name, found.TimeZone, found.GroupKeys.Count));
    }

    [Fact]
    public async Task Projects_are_listed_oldest_first()
    {
        foreach (var name in new[] { "one", "two", "three" })
        {
            await _app.ProjectAsync(name);
            _app.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(["one", "two", "three"], (await _app.Projects.ListAsync(default)).Select(project => project.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no such project")]
    [InlineData("a/b")]
    [InlineData("ü")]
    public async Task What_is_no_id_finds_nothing(string id)
    {
        Assert.Null(await _app.Projects.FindAsync(id, default));
        Assert.Null(await _app.Projects.ChangeAsync(id, new ProjectChange(Name: "x"), default));
    }

    [Fact]
    public void Every_rule_names_its_field_and_what_would_be_valid()
    {
        var wrong = new ProjectChange("", "Europe/Atlantis", new Retention(0), (IdentityMode)9, ["a", "a"]);

        var errors = ProjectRules.Check(wrong, isNew: true);

        Assert.Equal(["name", "time_zone", "retention_days", "identity_mode", "group_keys"], errors.Select(error => error.Field));
        Assert.All(errors, error => Assert.NotEmpty(error.Valid));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(36_500, true)]
    [InlineData(36_501, false)]
    [InlineData(-1, false)]
    public void Retention_has_bounds(int days, bool isValid) =>
        Assert.Equal(isValid, ProjectRules.Check(new ProjectChange(Retention: new Retention(days)), isNew: false).Count == 0);

    [Theory]
    [InlineData("UTC", true)]
    [InlineData("America/Argentina/Buenos_Aires", true)]
    [InlineData("US/Pacific", true)] // an old name that the tz database still knows, as Mixpanel's lists do
    [InlineData("Etc/GMT+5", true)]
    [InlineData("Pacific Standard Time", false)]
    [InlineData("europe/berlin", false)]
    [InlineData("+02:00", false)]
    public void A_time_zone_is_a_name_of_the_tz_database(string zone, bool isValid) =>
        Assert.Equal(isValid, ProjectRules.Check(new ProjectChange(TimeZone: zone), isNew: false).Count == 0);

    [Fact]
    public void The_stored_numbers_stay()
    {
        Assert.Equal([1, 2, 3, 4, 5, 6], Enum.GetValues<KeyKind>().Select(kind => (int)kind));
        Assert.Equal("MixpanelToken AmplitudeApiKey SegmentWriteKey ApiSecret ServiceAccount AdminKey", string.Join(' ', Enum.GetNames<KeyKind>()));
        Assert.Equal("Writer Viewer Analyst Admin", string.Join(' ', Enum.GetValues<Role>().OrderBy(role => (int)role)));
        Assert.Equal([0, 1, 2, 3], Enum.GetValues<Role>().Select(role => (int)role));
    }
}
