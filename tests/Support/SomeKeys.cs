using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Storage;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Support;

/// <summary>The rooms of projects and keys over one table store and one clock, put together as the app does; another one over the same tables is another instance of the app.</summary>
public sealed class SomeKeys
{
    public SomeKeys(ITableStore? tables = null, FakeTimeProvider? clock = null, ProjectsOptions? options = null)
    {
        Tables = tables ?? new InMemoryTableStore();
        Clock = clock ?? new FakeTimeProvider(new DateTimeOffset(2024, 3, 1, 12, 0, 0, TimeSpan.Zero));
        options ??= new ProjectsOptions();
        var changes = new KeyChanges();
        Projects = new ProjectStore(Tables, changes, Clock);
        Keys = new ProjectKeys(Tables, changes, Clock);
        Directory = new ProjectDirectory(Tables, Projects, changes, Clock);
        SignIns = new SignIns(Tables, changes, Clock);
        Access = new AccessControl(Tables, Directory, SignIns, changes, options, Clock);
        FirstStart = new FirstStart(Tables, Projects, Keys, options);
    }

    public ITableStore Tables { get; }

    public FakeTimeProvider Clock { get; }

    public ProjectStore Projects { get; }

    public ProjectKeys Keys { get; }

    public ProjectDirectory Directory { get; }

    public SignIns SignIns { get; }

    public AccessControl Access { get; }

    public FirstStart FirstStart { get; }

    /// <summary>A new project of this name, with defaults for the rest.</summary>
    public Task<Project> ProjectAsync(string name = "Shop") => Projects.CreateAsync(new ProjectChange(name), default);
}
