using System.Text;
using System.Text.Json;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>The OpenAPI document tells what the code does: its routes, its fields and words, and answers to its own examples.</summary>
public sealed class Describing_the_api(Describing_the_api.Shop shop) : IClassFixture<Describing_the_api.Shop>
{
    readonly QueryApp app = shop.App;
    readonly JsonElement document = shop.Document;

    /// <summary>One app for all tests, over a week in which a little happened.</summary>
    public sealed class Shop : IAsyncLifetime
    {
        public QueryApp App { get; private set; } = null!;

        public JsonElement Document { get; private set; }

        public async Task InitializeAsync()
        {
            var at = new DateTimeOffset(2025, 6, 1, 8, 0, 0, TimeSpan.Zero);
            App = await QueryApp.StartAsync(
                MemoryEvents.Of(
                    new MemoryEvent("Sign Up", at, "ann", """{"plan":"pro"}"""), new MemoryEvent("Purchase", at.AddDays(1), "ann", """{"price":3,"plan":"pro"}"""), new MemoryEvent("Sign Up", at, "bob"),
                    new MemoryEvent("Refund", at.AddDays(2), "bob")).Source,
                new(2025, 6, 9, 8, 0, 0, TimeSpan.Zero));
            Document = JsonDocument.Parse(await App.Http.GetStringAsync(new Uri("/api/v1/openapi.json", UriKind.Relative))).RootElement.Clone();
        }

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    /// <summary>Questions to a project, by their path.</summary>
    public static TheoryData<string> Questions() => [.. ListedFunction.Golden.Where(function => function.Route.StartsWith("api/v1/query/", StringComparison.Ordinal)).Select(function => $"/{function.Route}")];

    [Fact]
    public void Has_the_routes_that_there_are_and_no_others()
    {
        var there = ListedFunction.Golden.Where(function => function.Route.StartsWith("api/v1/query/", StringComparison.Ordinal) || function.Route.StartsWith("api/v1/reports", StringComparison.Ordinal))
            .Select(function => $"{function.Signature.Split('|')[1].Trim()} /{function.Route}");
        var told = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        Assert.Equal(there.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Tells_the_fields_that_are_taken(string path)
    {
        var schema = QuestionOf(path);
        Assert.Equal(await ValidAsync(path, """{"nonsense": 0}""", "nonsense"), Names(schema));
        foreach (var part in new[] { "switches", "people" })
            if (schema.GetProperty("properties").TryGetProperty(part, out var inner))
                Assert.Equal(await ValidAsync(path, $$$"""{"{{{part}}}": {"nonsense": 0}}""", $"{part}.nonsense"), Names(new JsonSchemaCheck(document).Resolved(inner)));
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Tells_the_words_that_are_taken(string path)
    {
        var check = new JsonSchemaCheck(document);
        foreach (var field in QuestionOf(path).GetProperty("properties").EnumerateObject())
        {
            var schema = check.Resolved(field.Value);
            if (schema.TryGetProperty("enum", out var words)) Assert.Equal(await ValidAsync(path, $$"""{"{{field.Name}}": "nonsense"}""", field.Name), Texts(words));
            if (field.Name is not ("switches" or "people")) continue;
            foreach (var inner in schema.GetProperty("properties").EnumerateObject())
                if (inner.Value.TryGetProperty("enum", out var own))
                    Assert.Equal(await ValidAsync(path, $$$"""{"{{{field.Name}}}": {"{{{inner.Name}}}": "nonsense"}}""", $"{field.Name}.{inner.Name}"), Texts(own));
        }
    }

    [Fact]
    public async Task Answers_each_example_as_it_says()
    {
        var check = new JsonSchemaCheck(document);
        var asked = 0;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("post", out var post)) continue;
            var body = post.GetProperty("requestBody").GetProperty("content").GetProperty("application/json");
            foreach (var example in body.GetProperty("examples").EnumerateObject())
            {
                var question = example.Value.GetProperty("value");
                Assert.Empty(check.Errors(body.GetProperty("schema"), question));
                using var answer = await PostAsync(path.Name, question.GetRawText());
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.IsSuccessStatusCode, $"{path.Name}, {example.Name}: {text}");
                var told = post.GetProperty("responses").GetProperty(((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
                var errors = check.Errors(told.GetProperty("content").GetProperty("application/json").GetProperty("schema"), JsonDocument.Parse(text).RootElement);
                Assert.True(errors.Count == 0, $"{path.Name}, {example.Name}: {string.Join('\n', errors)}\n{text}");
                asked++;
            }
        }
        Assert.True(asked >= 10);
    }

    [Fact]
    public async Task Tells_what_an_error_looks_like()
    {
        using var answer = await PostAsync("/api/v1/query/funnels", "{}");
        var schema = document.GetProperty("components").GetProperty("schemas").GetProperty("Problem");
        Assert.Empty(new JsonSchemaCheck(document).Errors(schema, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement));
    }

    JsonElement QuestionOf(string path) => new JsonSchemaCheck(document).Resolved(
        document.GetProperty("paths").GetProperty(path).GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema"));

    /// <summary>What the code says is valid in the place of something that isn't.</summary>
    async Task<IEnumerable<string>> ValidAsync(string path, string body, string field)
    {
        using var answer = await PostAsync(path, body);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        var error = problem.GetProperty("errors").EnumerateArray().FirstOrDefault(one => one.GetProperty("field").GetString() == field);
        Assert.True(error.ValueKind == JsonValueKind.Object, $"{path} takes {body}: {problem}");
        return error.GetProperty("valid").GetString()!.Split(", ").Order(StringComparer.Ordinal);
    }

    Task<HttpResponseMessage> PostAsync(string path, string body) =>
        app.SendAsync(QueryApp.ServiceAccount, new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") });

    static IEnumerable<string> Names(JsonElement schema) => schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal);

    static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.GetString()!).Order(StringComparer.Ordinal);
}
