using Cairn.Behaviour.Query.Sessions;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Flows;

/// <summary>From every anchor the kernel goes the way of its naive twin, which looks through the events one by one, on random journeys.</summary>
public class Going_like_the_oracle
{
    static readonly int Journeys = FullRun.Count(600, 20_000);

    [Fact]
    public void Goes_random_journeys()
    {
        var paths = 0L;
        for (var seed = 1; seed <= Journeys; seed++)
        {
            var random = new Random(seed);
            var definition = RandomFlows.Definition(random);
            var events = RandomSessions.Events(random, 2, 12);
            var expected = new FlowsOracle(definition).Paths(events).ConvertAll(path => $"{FlowPaths.Text(path)} {path.Reached}");
            var found = FlowPaths.ByKernel(definition, events).Select(path => $"{FlowPaths.Text(path)} {path.Reached}");
            Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(found.Order(StringComparer.Ordinal)), $"seed {seed}:\n{string.Join('\n', expected.Except(found))}\nfound\n{string.Join('\n', found.Except(expected))}");
            paths += expected.Count;
        }
        Assert.True(paths > Journeys, $"{paths} paths are too few to tell anything");
        FullRun.Keep(this, $"seeds 1 to {Journeys}, {paths} paths: each goes the way of the naive twin");
    }
}
