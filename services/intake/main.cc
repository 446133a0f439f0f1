#include "libs/app/app.h"
#include "services/intake/wire.h"

int main(int argc, char** argv) { return kat::app::Main(argc, argv, kat::intake::Spec()); }
