using IncidentDesk.Tests.Api;

namespace IncidentDesk.Tests.Pages;

/// <summary>The host of all tests of pages: at the root, and below a path as a gateway passes it on.</summary>
public sealed class PageHost : IAsyncLifetime
{
    public const string Below = "/desk";

    internal DeskHost Desk { get; private set; } = null!;

    public async Task InitializeAsync() => Desk = await DeskHost.Open(Engine.Sqlite, more: new Dictionary<string, string> { ["Web__PathBase"] = Below });

    public Task DisposeAsync() => Desk.DisposeAsync().AsTask();
}

/// <summary>One after the other on that host.</summary>
[CollectionDefinition("pages")]
public sealed class PageTests : ICollectionFixture<PageHost>;
