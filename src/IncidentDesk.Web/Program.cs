using IncidentDesk.Web;
using IncidentDesk.Web.Api;

args = Startup.Demonstration(args, out var demonstration);
var builder = WebApplication.CreateSlimBuilder(args);
if (builder.AddDesk(args) is { } refused)
{
    return Startup.Say(refused);
}

builder.Services.AddDeskApi();

var app = builder.Build();
if (await app.Unready(demonstration) is { } exitCode)
{
    return exitCode;
}

app.UseGateway();
app.UseDeskApi();
app.MapIncidents();
app.MapRequests();
app.MapAlerts();
app.MapReports();
app.MapLedgers();
app.MapAccounts();
app.MapPeople();
app.MapReference();
app.MapHealth();
return await app.Serve();
